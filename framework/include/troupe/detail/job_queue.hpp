// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/host_job.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace troupe::detail {

/// Jobs of one actor, first in, first out, linked through themselves: an empty one needs no memory. Owns them. Not
/// synchronised; its user bounds it.
class job_queue {
 public:
  job_queue() = default;
  job_queue(job_queue&& other) noexcept
      : first_{std::exchange(other.first_, nullptr)},
        last_{std::exchange(other.last_, nullptr)},
        size_{std::exchange(other.size_, 0)} {}
  job_queue& operator=(job_queue&&) = delete;
  ~job_queue() {
    while (pop())
      ;
  }

  bool empty() const { return first_ == nullptr; }
  std::size_t size() const { return size_; }

  void push(std::unique_ptr<host_job> job) {
    auto* added = job.release();
    (last_ ? last_->next_ : first_) = added;
    last_ = added;
    ++size_;
  }
  /// All of the other, behind its own.
  void append(job_queue& other) {
    if (!other.first_)
      return;
    (last_ ? last_->next_ : first_) = std::exchange(other.first_, nullptr);
    last_ = std::exchange(other.last_, nullptr);
    size_ += std::exchange(other.size_, 0);
  }
  /// The first; null when there is none.
  std::unique_ptr<host_job> pop() {
    if (!first_)
      return nullptr;
    return take(nullptr, first_);
  }
  /// The first of that kind; null when there is none. O(number of those before it).
  std::unique_ptr<host_job> pop(job_kind kind) {
    host_job* before = nullptr;
    for (auto* job = first_; job; before = job, job = job->next_)
      if (job->kind() == kind)
        return take(before, job);
    return nullptr;
  }

 private:
  std::unique_ptr<host_job> take(host_job* before, host_job* job) {
    auto* after = std::exchange(job->next_, nullptr);
    (before ? before->next_ : first_) = after;
    if (last_ == job)
      last_ = before;
    --size_;
    return std::unique_ptr<host_job>{job};
  }

  host_job* first_ = nullptr;
  host_job* last_ = nullptr;
  std::size_t size_ = 0;
};

} // namespace troupe::detail
