// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/node.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace troupe::detail {

/// A thread that calls a function at a given time. There is none until a time is given. It never runs user code.
class alarm_clock {
 public:
  /// `ring(now)` returns when it wants to be called next.
  explicit alarm_clock(std::function<steady_time(steady_time now)> ring) : ring_{std::move(ring)} {}
  ~alarm_clock() { stop(); }
  alarm_clock(const alarm_clock&) = delete;
  alarm_clock& operator=(const alarm_clock&) = delete;

  /// Rings at that time, if not earlier. Any thread.
  void set(steady_time at);
  void stop();

 private:
  void run();

  const std::function<steady_time(steady_time)> ring_;
  std::mutex mutex_; // guards what follows
  std::condition_variable changed_;
  steady_time next_ = forever_from_now;
  bool stop_ = false;
  std::thread thread_;
};

} // namespace troupe::detail
