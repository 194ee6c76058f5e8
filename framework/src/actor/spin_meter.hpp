// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "process/session.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace troupe::detail {

/// Decides whether a thread that found nothing to do polls a while before it parks. Polling saves the 2–35 µs
/// of a wake when work comes soon, and costs a core when it does not: so it goes by how often it paid lately.
/// Where it does not pay it is tried now and then all the same: when both ends of a conversation park, each
/// makes the other's pause long, and only a trial finds out.
/// Threads: one at a time (the holder of the polling duty).
class spin_meter {
 public:
  using clock = std::chrono::steady_clock;

  spin_meter(clock::duration longest, const session_page& page) : longest_{longest}, page_{page} {}

  /// Work was found.
  void worked() {
    if (std::exchange(now_, phase::busy) == phase::polling)
      credit_ = std::min(credit_ + gain, most_credit);
  }

  /// Nothing was found: true to look again (after a short pause), false to park.
  bool look_again() {
    if (now_ == phase::parked)
      return false;
    const auto now = clock::now();
    if (now_ == phase::busy && !begin(now))
      return false;
    if (now - idle_since_ >= longest_) {
      credit_ = std::max(credit_ - 1, 0);
      now_ = phase::parked;
      return false;
    }
    relax();
    return true;
  }

 private:
  enum class phase { busy, polling, parked };
  static constexpr int gain = 4; // one success pays for so many vain attempts
  static constexpr int most_credit = 32;
  static constexpr unsigned trial_every = 16;

  bool begin(clock::time_point now) {
    const bool in_vain = credit_ == 0 && ++skipped_ % trial_every != 0;
    if (in_vain || awake_count(page_) > page_.cpus) {
      now_ = phase::parked;
      return false;
    }
    now_ = phase::polling;
    idle_since_ = now;
    return true;
  }

  static void relax() {
    for (int i = 0; i < 2; ++i) {
#if defined(__x86_64__)
      __builtin_ia32_pause();
#elif defined(__aarch64__)
      asm volatile("yield");
#endif
    }
  }

  clock::duration longest_;
  const session_page& page_;
  clock::time_point idle_since_{};
  phase now_ = phase::busy;
  int credit_ = most_credit;
  unsigned skipped_ = 0;
};

} // namespace troupe::detail
