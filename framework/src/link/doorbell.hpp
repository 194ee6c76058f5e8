// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/futex.hpp"

#include <atomic>
#include <cstdint>

namespace troupe::detail {

/// How a process is told that something was put into one of its rings. Lives in shared memory, one
/// per process.
///
///   sleeper of `parked`:  awake ──(owner: about to sleep on seat s)──▶ 1 + s
///                         1 + s ──(ringer, after its wake)──▶ awake: further ringers pay for none
///                         1 + s ──(owner: woke by itself, or another thread took over polling)──▶ awake
///
/// A ringer may be killed at any instruction, so it takes the flag down only after it has woken the
/// sleeper: killed before, it leaves the flag up for the next one. By then the owner may be up and have
/// parked anew; the count of parkings in the upper bits keeps a late ringer from taking down that flag.
///
/// Two seats, because two kinds of thread may be on duty: the scheduler's (seat 0) and a thread that
/// waits for a reply and polls meanwhile (seat 1). The scheduler may stay asleep on its seat while
/// the other polls; nobody rings it then.
struct alignas(64) doorbell {
  static constexpr std::uint32_t awake = 0;
  static constexpr int scheduler_seat = 0;
  static constexpr int driver_seat = 1;

  std::atomic<std::uint32_t> parked{awake}; // count of parkings << 2 | sleeper; the count is the owner's
  std::atomic<std::uint32_t> seat[2]{};

  static constexpr std::uint32_t sleeper_of(std::uint32_t parked) { return parked & sleeper_bits; }

  /// Called after publishing. The fence pairs with the one in `announce_sleep`: either the ringer
  /// sees the raised flag, or the sleeper sees what was published (Dekker).
  void ring() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (const auto seen = parked.load(std::memory_order_relaxed); sleeper_of(seen) != awake)
      wake_parked(seen);
  }

  /// Owner: the flag goes up; the caller must look for input once more before it sleeps.
  /// Returns the value to hand to `sleep`.
  std::uint32_t announce_sleep(int which) {
    const auto seen = seat[which].load(std::memory_order_relaxed);
    const auto before = parked.load(std::memory_order_relaxed) & ~sleeper_bits;
    parked.store((before + parking) | static_cast<std::uint32_t>(1 + which), std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return seen;
  }

  /// What `announce_sleep` returns, for one who sleeps on a seat without being the one on duty.
  std::uint32_t seat_state(int which) const { return seat[which].load(std::memory_order_seq_cst); }

  void sleep(int which, std::uint32_t seen, steady_time deadline) { futex_wait(seat[which], seen, deadline); }

  /// Owner: nobody needs to ring, somebody is polling.
  void stay_awake() {
    parked.store(parked.load(std::memory_order_relaxed) & ~sleeper_bits, std::memory_order_relaxed);
  }

  /// Wakes a sleeping driver, and only a driver: its reply was completed by another thread.
  void nudge_driver() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (const auto seen = parked.load(std::memory_order_relaxed); sleeper_of(seen) == 1 + driver_seat)
      wake_parked(seen);
  }

  /// Wakes whoever sleeps on this seat, whether or not it is the one on duty.
  void wake(int which) {
    seat[which].fetch_add(1, std::memory_order_release);
    futex_wake(seat[which]);
  }

 private:
  static constexpr std::uint32_t sleeper_bits = 3;
  static constexpr std::uint32_t parking = 4;

  void wake_parked(std::uint32_t seen) {
    if (const auto sleeper = sleeper_of(seen);
        sleeper <= 2) // else garbage of another process: nobody to wake
      wake(static_cast<int>(sleeper - 1));
    parked.compare_exchange_strong(seen, seen & ~sleeper_bits, std::memory_order_relaxed);
  }
};

} // namespace troupe::detail
