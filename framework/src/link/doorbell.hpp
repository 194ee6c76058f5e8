// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/futex.hpp"

#include <atomic>
#include <cstdint>

namespace troupe::detail {

/// How a process is told that something was put into one of its rings. Lives in shared memory, one
/// per process.
///
///   parked:  awake ──(owner: about to sleep on seat s)──▶ 1 + s
///            1 + s ──(ringer, exchange: only one ringer pays for the wake)──▶ awake
///            1 + s ──(owner: woke by itself, or another thread took over polling)──▶ awake
///
/// Two seats, because two kinds of thread may be on duty: the scheduler's (seat 0) and a thread that
/// waits for a reply and polls meanwhile (seat 1). The scheduler may stay asleep on its seat while
/// the other polls; nobody rings it then.
struct alignas(64) doorbell {
  static constexpr std::uint32_t awake = 0;
  static constexpr int scheduler_seat = 0;
  static constexpr int driver_seat = 1;

  std::atomic<std::uint32_t> parked{awake};
  std::atomic<std::uint32_t> seat[2]{};

  /// Called after publishing. The fence pairs with the one in `announce_sleep`: either the ringer
  /// sees the raised flag, or the sleeper sees what was published (Dekker).
  void ring() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (parked.load(std::memory_order_relaxed) != awake)
      wake_parked();
  }

  /// Owner: the flag goes up; the caller must look for input once more before it sleeps.
  /// Returns the value to hand to `sleep`.
  std::uint32_t announce_sleep(int which) {
    auto seen = seat[which].load(std::memory_order_relaxed);
    parked.store(static_cast<std::uint32_t>(1 + which), std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return seen;
  }

  void sleep(int which, std::uint32_t seen, steady_time deadline) { futex_wait(seat[which], seen, deadline); }

  /// Owner: nobody needs to ring, somebody is polling.
  void stay_awake() { parked.store(awake, std::memory_order_relaxed); }

  /// Wakes a sleeping driver, and only a driver: its reply was completed by another thread.
  void nudge_driver() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    std::uint32_t driver = 1 + driver_seat;
    if (parked.load(std::memory_order_relaxed) == driver && parked.compare_exchange_strong(driver, awake))
      wake(driver_seat);
  }

  /// Wakes whoever sleeps on this seat, whether or not it is the one on duty.
  void wake(int which) {
    seat[which].fetch_add(1, std::memory_order_release);
    futex_wake(seat[which]);
  }

 private:
  void wake_parked() {
    auto was = parked.exchange(awake, std::memory_order_acq_rel);
    if (was == 1 || was == 2) // anything else is garbage from another process: nobody to wake
      wake(static_cast<int>(was - 1));
  }
};

} // namespace troupe::detail
