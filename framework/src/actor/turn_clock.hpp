// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/node.hpp>

#include <bit>
#include <chrono>
#include <cstddef>

namespace troupe::detail {

/// How long others wait for an actor, or for those that one has made ready. Looks at the clock after 1, 2, 4 … of what
/// is counted: seldom where that is short, and early where it is long.
class turn_clock {
 public:
  explicit turn_clock(steady_time begun) : end_{begun + longest_turn} {}

  /// `done`: counts up by one from 1. `now`: tells the time.
  template <class Now>
  bool is_over(std::size_t done, Now now) const {
    return std::has_single_bit(done) && now() >= end_;
  }

 private:
  static constexpr std::chrono::milliseconds longest_turn{1};
  steady_time end_;
};

} // namespace troupe::detail
