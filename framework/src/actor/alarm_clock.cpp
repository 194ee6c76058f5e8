// SPDX-License-Identifier: BSD-3-Clause
#include "actor/alarm_clock.hpp"

#include <algorithm>
#include <csignal>

namespace troupe::detail {

void alarm_clock::set(steady_time at) {
  std::lock_guard lock{mutex_};
  if (stop_ || at >= next_)
    return;
  if (!thread_.joinable())
    thread_ = std::thread{[this] { run(); }};
  next_ = at;
  changed_.notify_one();
}

void alarm_clock::stop() {
  {
    std::lock_guard lock{mutex_};
    stop_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable())
    thread_.join();
}

void alarm_clock::run() {
  sigset_t all;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, nullptr); // signals are for the user's threads
  std::unique_lock lock{mutex_};
  while (!stop_) {
    if (next_ == forever_from_now) {
      changed_.wait(lock);
      continue;
    }
    if (std::chrono::steady_clock::now() < next_) {
      changed_.wait_until(lock, next_);
      continue;
    }
    next_ = forever_from_now; // a `set` from now on counts
    lock.unlock();
    const auto wanted = ring_(std::chrono::steady_clock::now());
    lock.lock();
    next_ = std::min(next_, wanted);
  }
}

} // namespace troupe::detail
