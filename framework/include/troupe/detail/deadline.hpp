// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/forever.hpp>

#include <chrono>

namespace troupe::detail {

using steady_time = std::chrono::steady_clock::time_point;
inline constexpr steady_time forever_from_now = steady_time::max();

/// The moment `timeout` from `now`; never, when that is beyond what the clock can tell.
template <class Rep, class Period>
steady_time deadline_after(std::chrono::duration<Rep, Period> timeout,
                           steady_time now = std::chrono::steady_clock::now()) {
  if (timeout <= timeout.zero()) // nanoseconds may have no room for what is below
    return now;
  const auto room = std::chrono::duration<double>(forever_from_now - now);
  if (std::chrono::duration<double>(timeout) >= room)
    return forever_from_now;
  return now + std::chrono::ceil<std::chrono::steady_clock::duration>(timeout);
}

/// A timeout to be kept; `forever` when it is longer than that.
template <class Rep, class Period>
std::chrono::nanoseconds in_nanoseconds(std::chrono::duration<Rep, Period> timeout) {
  using exact_enough = std::chrono::duration<double>; // nanoseconds may have no room for it
  if (timeout <= timeout.zero())
    return {};
  if (exact_enough{timeout} >= exact_enough{forever})
    return forever;
  return std::chrono::ceil<std::chrono::nanoseconds>(timeout);
}

} // namespace troupe::detail
