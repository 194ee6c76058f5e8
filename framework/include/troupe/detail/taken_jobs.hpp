// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/job_queue.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace troupe::detail {

/// Jobs that the thread which runs an actor has taken out of the mailbox, all at once, and has not begun. They still
/// wait for everybody else: they are counted, dropped when they are the oldest, and refused when the actor ends, also
/// by another thread while a handler blocks. Hence a lock of its own, which senders touch only to drop. It comes
/// behind that of the mailbox.
class taken_jobs {
 public:
  // The thread that runs the actor.

  /// The first, which counts as begun; null when there is none.
  std::unique_ptr<host_job> pop() {
    if (!any_) // the lock is for those that others may have removed
      return nullptr;
    std::lock_guard lock{mutex_};
    auto job = jobs_.pop();
    any_ = !jobs_.empty();
    if (job && job->kind() == job_kind::message)
      begun_.store(begun_.load(std::memory_order_relaxed) +
                   1); // together with its leaving, for whoever would drop it
    return job;
  }
  /// Counts one that was never here. REQUIRES: the lock of the mailbox, which orders it.
  void begin(const host_job& job) {
    if (job.kind() == job_kind::message)
      begun_.store(begun_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  /// All that is in the mailbox. REQUIRES: its lock.
  void add_all(job_queue& mailbox) {
    std::lock_guard lock{mutex_};
    jobs_.append(mailbox);
    any_ = true;
  }
  /// Whether there may be one.
  bool any() const { return any_; }

  // Any thread.

  /// Messages, ever.
  std::uint64_t begun() const { return begun_.load(); }
  /// The first message; null when there is none, or when others than `begun` have been begun meanwhile.
  std::unique_ptr<host_job> drop_message(std::uint64_t begun) {
    std::lock_guard lock{mutex_};
    return begun_.load() == begun ? jobs_.pop(job_kind::message) : nullptr;
  }
  /// Leaves nothing.
  job_queue remove_all() {
    std::lock_guard lock{mutex_};
    return std::move(jobs_);
  }
  std::size_t size() const {
    std::lock_guard lock{mutex_};
    return jobs_.size();
  }

 private:
  mutable std::mutex mutex_; // guards jobs_
  job_queue jobs_;
  bool any_ = false;                    // what the thread that runs the actor last saw
  std::atomic<std::uint64_t> begun_{0}; // written by that thread
};

} // namespace troupe::detail
