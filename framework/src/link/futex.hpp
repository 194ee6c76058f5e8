// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace troupe::detail {

using steady_time = std::chrono::steady_clock::time_point;

/// "Wait as long as it takes".
inline constexpr steady_time no_deadline = steady_time::max();

/// Sleeps while `word` holds `expected`. Works across processes (never FUTEX_PRIVATE_FLAG), so the
/// word may live in shared memory. Returns on a wake, a change, a signal or at the deadline; the
/// caller looks again.
void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t expected, steady_time deadline);

/// Wakes up to `count` threads that sleep on `word`.
void futex_wake(std::atomic<std::uint32_t>& word, int count = 1);

} // namespace troupe::detail
