// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>

namespace troupe::detail {

/// A lock that one thread, its owner, takes all the time, and another hardly ever: both for moments.
///
///   owner:  owned = true; (nothing)           is it wanted?   one of the two sees what the other wrote: the barrier
///   other:  wanted = true; a barrier in every running thread (membarrier); is it owned?    is in the owner, too
///
/// So the owner pays for two stores and a load, and no atomic exchange.
class biased_lock {
 public:
  void lock() {
    while (!try_lock())
      wait_until_unwanted();
  }
  void unlock() { owned_.store(false, std::memory_order_release); }

  /// Of any other thread, one at a time.
  class visit {
   public:
    explicit visit(biased_lock& at) : at_{at} { at_.enter(); }
    ~visit() { at_.wanted_.store(false, std::memory_order_release); }
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;

   private:
    biased_lock& at_;
  };

  /// To be called before there are owners, and best before there are threads, for which the kernel takes its time; a
  /// fork inherits it. Without the system call each owner makes its own barriers.
  static void prepare();

 private:
  bool try_lock() {
    owned_.store(true, std::memory_order_relaxed);
    if (owners_make_barriers.load(std::memory_order_relaxed)) [[unlikely]]
      std::atomic_thread_fence(std::memory_order_seq_cst);
    else
      std::atomic_signal_fence(std::memory_order_seq_cst);
    return !wanted_.load(std::memory_order_acquire);
  }
  void wait_until_unwanted();
  void enter();

  inline static std::atomic<bool> owners_make_barriers{false};

  std::atomic<bool> owned_{false};
  std::atomic<bool> wanted_{false};
};

} // namespace troupe::detail
