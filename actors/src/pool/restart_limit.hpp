// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

namespace troupe::detail {

/// Says when a crew is in a crash loop: more than `intensity` workers that died before they were ready,
/// within `period`. Deaths of workers that had been ready do not count: they cost their tasks, of which there
/// is an end. (OTP's rule of restart intensity, over these deaths.)
class restart_limit {
 public:
  using clock = std::chrono::steady_clock;

  /// Notes such a death. True when it is one too many.
  bool exceeded(clock::time_point now) {
    deaths_.push_back(now);
    while (now - deaths_.front() > period)
      deaths_.pop_front();
    return deaths_.size() > intensity;
  }

 private:
  static constexpr std::size_t intensity = 5;
  static constexpr std::chrono::seconds period{5};
  std::deque<clock::time_point> deaths_;
};

} // namespace troupe::detail
