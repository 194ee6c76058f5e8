// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "actor/link_table.hpp"
#include "process/session.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace troupe::detail {

/// Decides whether a thread that found nothing to do polls a while before it parks. Polling saves the 2–35 µs
/// of a wake when work comes soon, and costs a core when it does not: so it goes by how often it paid lately.
/// Where it does not pay it is tried now and then all the same: when both ends of a conversation park, each
/// makes the other's pause long, and only a trial finds out. After a large payload has gone either way it polls longer,
/// by about the time that copying it takes: so long the other end is busy with it, or with the next.
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
  bool look_again(const link_table& links) {
    if (now_ == phase::parked)
      return false;
    const auto now = clock::now();
    if (now_ == phase::busy && !begin(now, links.bulk_bytes()))
      return false;
    if (now - idle_since_ >= allowed_) {
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
  static constexpr std::uint64_t bulk_bytes_per_us = 5000; // as one copy from another CPU's cache
  static constexpr std::chrono::microseconds longest_for_bulk{1000};

  bool begin(clock::time_point now, std::uint64_t bulk_bytes) {
    allowed_ = longest_ + copying_time(bulk_bytes);
    const bool in_vain = credit_ == 0 && ++skipped_ % trial_every != 0;
    if (in_vain || awake_count(page_) > page_.cpus) {
      now_ = phase::parked;
      return false;
    }
    now_ = phase::polling;
    idle_since_ = now;
    return true;
  }

  // In which the other end copies the large payloads that have gone either way since the last pause.
  clock::duration copying_time(std::uint64_t bulk_bytes) {
    const auto before = std::exchange(bulk_bytes_, bulk_bytes);
    if (longest_ == clock::duration::zero() || bulk_bytes < before) // no polling at all; or a link has ended
      return {};
    const std::chrono::microseconds taken{(bulk_bytes - before) / bulk_bytes_per_us};
    return std::min(taken, longest_for_bulk);
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
  clock::duration allowed_{};    // from idle_since_ on
  std::uint64_t bulk_bytes_ = 0; // of the links, when it last began
  phase now_ = phase::busy;
  int credit_ = most_credit;
  unsigned skipped_ = 0;
};

} // namespace troupe::detail
