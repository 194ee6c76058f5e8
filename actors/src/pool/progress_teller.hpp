// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/task_options.hpp>

#include <functional>
#include <mutex>
#include <utility>

namespace troupe::detail {

/// Tells how far a call has come: in order, one call of the user's function at a time, and only the latest
/// state when it is slower than the work.
class progress_teller {
 public:
  explicit progress_teller(std::function<void(const progress&)> f) : tell_{std::move(f)} {}

  /// The pool's actor. True: a `tell` must be posted; otherwise one is on its way.
  bool note(const progress& p) {
    std::lock_guard lock{mutex_};
    latest_ = p;
    return !std::exchange(untold_, true);
  }

  /// A scheduler thread. Errors: the user's.
  void tell() {
    std::lock_guard one_at_a_time{telling_};
    progress now;
    {
      std::lock_guard lock{mutex_};
      if (!std::exchange(untold_, false))
        return;
      now = latest_;
    }
    tell_(now);
  }

 private:
  const std::function<void(const progress&)> tell_;
  std::mutex telling_;
  std::mutex mutex_; // guards what follows
  progress latest_;
  bool untold_ = false;
};

} // namespace troupe::detail
