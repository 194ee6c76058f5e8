// SPDX-License-Identifier: BSD-3-Clause
#include "link/futex.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace troupe::detail {

namespace {

// FUTEX_WAIT_BITSET takes an absolute CLOCK_MONOTONIC time, which is steady_clock's clock: no drift
// when a wait is interrupted and begun again.
timespec absolute(steady_time deadline) {
  auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch()).count();
  if (ns < 0)
    ns = 0;
  return {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
}

} // namespace

void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t expected, steady_time deadline) {
  timespec until{};
  const bool bounded = deadline != no_deadline;
  if (bounded)
    until = absolute(deadline);
  ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, expected, bounded ? &until : nullptr, nullptr,
            FUTEX_BITSET_MATCH_ANY);
}

void futex_wake(std::atomic<std::uint32_t>& word, int count) {
  ::syscall(SYS_futex, &word, FUTEX_WAKE, count, nullptr, nullptr, 0);
}

} // namespace troupe::detail
