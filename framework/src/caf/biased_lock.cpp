// SPDX-License-Identifier: BSD-3-Clause
#include "caf/biased_lock.hpp"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace troupe::detail {

namespace {

bool membarrier(int command) { return ::syscall(SYS_membarrier, command, 0, 0) == 0; }

bool put_barrier_into_all_threads() { return membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED); }

} // namespace

void biased_lock::prepare() {
  owners_make_barriers.store(!membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) ||
                             !put_barrier_into_all_threads());
}

void biased_lock::wait_until_unwanted() {
  owned_.store(false, std::memory_order_release);
  while (wanted_.load(std::memory_order_acquire))
    ::sched_yield();
}

void biased_lock::enter() {
  wanted_.store(true, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (!owners_make_barriers.load(std::memory_order_relaxed))
    put_barrier_into_all_threads();
  while (owned_.load(std::memory_order_acquire))
    ::sched_yield();
}

} // namespace troupe::detail
