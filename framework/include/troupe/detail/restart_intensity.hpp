// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/deadline.hpp>

#include <chrono>
#include <cstddef>
#include <deque>

namespace troupe::detail {

/// Says when there were too many restarts: more than `intensity` within `period`. Not synchronised.
/// Source: OTP, supervisor(3), "Maximum Restart Intensity".
class restart_intensity {
 public:
  /// However long ago they were, unless `forget` was called since.
  static constexpr std::chrono::nanoseconds without_end = std::chrono::nanoseconds::max();

  restart_intensity(std::size_t intensity, std::chrono::nanoseconds period)
      : intensity_{intensity}, period_{period} {}

  /// One more. True when it is one too many.
  bool exceeded_by_one_at(steady_time now) {
    while (!restarts_.empty() && period_ != without_end && now - restarts_.front() > period_)
      restarts_.pop_front();
    restarts_.push_back(now);
    return restarts_.size() > intensity_;
  }
  /// How many there were within the period, the last time one was added.
  std::size_t count() const { return restarts_.size(); }
  void forget() { restarts_.clear(); }

 private:
  std::size_t intensity_;
  std::chrono::nanoseconds period_;
  std::deque<steady_time> restarts_; // at most intensity_ + 1
};

} // namespace troupe::detail
