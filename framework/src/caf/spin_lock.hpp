// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sched.h>

#include <atomic>

namespace troupe::detail {

/// A lock that one thread takes all the time and another hardly ever, for moments: a third of the price of a mutex.
class spin_lock {
 public:
  void lock() {
    while (held_.exchange(true, std::memory_order_acquire))
      ::sched_yield(); // the other one has lost its core
  }
  void unlock() { held_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> held_{false};
};

} // namespace troupe::detail
