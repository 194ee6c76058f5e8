// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/pool_core.hpp>
#include <troupe/task_options.hpp>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace troupe::detail {

/// Calls a user's progress function, until whoever owns the call has gone: what the function refers to may go as well.
/// Threads: any; one at a time tells.
class progress_gate {
 public:
  progress_gate(std::shared_ptr<pool_core> pool, std::function<void(const progress&)> f)
      : pool_{std::move(pool)}, tell_{std::move(f)} {}

  /// Puts one before a user's function.
  static std::shared_ptr<progress_gate> put_before(std::shared_ptr<pool_core> pool,
                                                   std::function<void(const progress&)>& f) {
    auto gate = std::make_shared<progress_gate>(std::move(pool), std::move(f));
    f = [gate](const progress& now) { gate->tell(now); };
    return gate;
  }

  void tell(const progress& now) {
    {
      std::lock_guard lock{mutex_};
      if (!open_)
        return;
      telling_ = std::this_thread::get_id();
    }
    struct at_end {
      progress_gate& self;
      ~at_end() { self.told(); }
    } finally{*this};
    tell_(now);
  }
  /// Waits for the end of a call that is under way, unless it is that call which has come to this. None begins
  /// afterwards.
  void shut() {
    {
      std::lock_guard lock{mutex_};
      open_ = false;
      if (telling_ == std::this_thread::get_id())
        return;
    }
    pool_->wait_for(
        this, [this] { return !is_telling(); }, forever_from_now);
    std::unique_lock lock{mutex_}; // when the runtime ends meanwhile
    told_.wait(lock, [this] { return telling_ == std::thread::id{}; });
  }

 private:
  bool is_telling() const {
    std::lock_guard lock{mutex_};
    return telling_ != std::thread::id{};
  }
  void told() {
    {
      std::lock_guard lock{mutex_};
      telling_ = {};
      told_.notify_all();
    }
    pool_->notify(this);
  }

  const std::shared_ptr<pool_core> pool_; // whose threads deliver what the function may wait for
  const std::function<void(const progress&)> tell_;
  mutable std::mutex mutex_; // guards what follows
  std::condition_variable told_;
  std::thread::id telling_; // of the call that is under way
  bool open_ = true;
};

} // namespace troupe::detail
