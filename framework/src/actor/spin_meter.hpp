// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "process/session.hpp"

#include <algorithm>
#include <chrono>

#include <sched.h>

namespace troupe::detail {

/// Decides how long a thread that found nothing to do polls before it parks. Polling saves the
/// 2–35 µs of a wake when work comes soon, and costs a core when it does not: so it follows the gaps
/// seen lately, and yields the core when more processes are awake than there are cores.
/// Threads: one at a time (the holder of the polling duty).
class spin_meter {
 public:
  using clock = std::chrono::steady_clock;

  spin_meter(clock::duration longest, unsigned cpus, const session_page& page)
      : longest_{longest}, cpus_{cpus}, page_{page} {}

  /// Work was found.
  void worked() {
    if (!idle_)
      return;
    idle_ = false;
    const auto gap = std::min(clock::now() - idle_since_, 4 * longest_); // one long pause is soon forgotten
    typical_gap_ += (gap - typical_gap_) / 4;
  }

  /// Nothing was found: true to look again (after a short pause), false to park.
  bool look_again() {
    const auto now = clock::now();
    if (!idle_) {
      idle_ = true;
      idle_since_ = now;
      crowded_ = awake_count(page_) > cpus_;
    }
    if (typical_gap_ > longest_ || now - idle_since_ >= longest_)
      return false;
    relax();
    return true;
  }

 private:
  void relax() const {
    if (crowded_) {
      ::sched_yield();
      return;
    }
    for (int i = 0; i < 8; ++i) {
#if defined(__x86_64__)
      __builtin_ia32_pause();
#elif defined(__aarch64__)
      asm volatile("yield");
#endif
    }
  }

  clock::duration longest_;
  unsigned cpus_;
  const session_page& page_;
  clock::duration typical_gap_{0};
  clock::time_point idle_since_{};
  bool idle_ = false;
  bool crowded_ = false;
};

} // namespace troupe::detail
