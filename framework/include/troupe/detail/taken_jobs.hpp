// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/job_queue.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

namespace troupe::detail {

/// Jobs that the thread which runs an actor has taken out of the mailbox, all at once, and has not begun. They still
/// wait for everybody else: they are counted, dropped when they are the oldest, and refused when the actor ends, also
/// by another thread while a handler blocks. Hence a lock of its own, which the senders do not touch.
class taken_jobs {
 public:
  // The thread that runs the actor.

  /// The first; null when there is none.
  std::unique_ptr<host_job> pop() {
    if (!any_) // the lock is for those that others may have removed
      return nullptr;
    std::lock_guard lock{mutex_};
    auto job = jobs_.pop();
    any_ = !jobs_.empty();
    return job;
  }
  /// All that is there, behind its own.
  void take(job_queue& mailbox) {
    std::lock_guard lock{mutex_};
    jobs_.append(mailbox);
    any_ = true;
  }
  /// Whether there may be one.
  bool any() const { return any_; }

  // Any thread.

  /// The first of that kind; null when there is none.
  std::unique_ptr<host_job> drop(job_kind kind) {
    std::lock_guard lock{mutex_};
    return jobs_.pop(kind);
  }
  job_queue leave() {
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
  bool any_ = false; // what the thread that runs the actor last saw
};

} // namespace troupe::detail
