// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/node.hpp>
#include <troupe/task_options.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace troupe::detail {

/// Tells how far a call has come: in order, one call of the user's function at a time, and only the latest
/// state when it is slower than the work. Lasts as a shared object until all was told.
///
/// The function may wait for anything, also for actors of this process. So nobody waits for it: what comes meanwhile
/// is noted, and told by a job of its own when it has returned.
class progress_teller : public std::enable_shared_from_this<progress_teller> {
 public:
  progress_teller(node& here, std::function<void(const progress&)> f) : here_{here}, tell_{std::move(f)} {}

  /// The pool's actor, as is the next.
  void note(const progress& p) {
    std::lock_guard lock{mutex_};
    latest_ = p;
    untold_ = true;
    if (!std::exchange(telling_, true))
      post();
  }

  /// Calls `then` on a scheduler thread when all that was noted has been told. Nothing is noted afterwards.
  void finish(std::function<void()> then) {
    std::lock_guard lock{mutex_};
    then_ = std::move(then);
    if (!std::exchange(telling_, true))
      post();
  }

  /// This thread is inside a progress function.
  static bool is_telling_here() { return telling_here; }

 private:
  static inline thread_local bool telling_here = false;

  void post() {
    here_.post([self = shared_from_this()] { self->tell(); });
  }

  /// A scheduler thread. Errors: the user's.
  void tell() {
    struct at_end {
      progress_teller& self;
      ~at_end() { // also when telling throws
        telling_here = false;
        self.told();
      }
    } finally{*this};
    std::unique_lock lock{mutex_};
    if (!std::exchange(untold_, false))
      return;
    const auto now = latest_;
    lock.unlock();
    telling_here = true;
    tell_(now);
  }

  void told() {
    std::unique_lock lock{mutex_};
    if (untold_)
      return post();
    telling_ = false;
    if (auto then = std::exchange(then_, nullptr)) {
      lock.unlock();
      then();
    }
  }

  node& here_;
  const std::function<void(const progress&)> tell_;
  std::mutex mutex_; // guards what follows
  progress latest_;
  std::function<void()> then_;
  bool untold_ = false;
  bool telling_ = false; // a job that tells is posted or runs
};

} // namespace troupe::detail
