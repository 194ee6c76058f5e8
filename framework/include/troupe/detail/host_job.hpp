// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/failure.hpp>

namespace troupe::detail {

class actor_host;

/// What a job does to the bound of a mailbox.
enum class job_kind {
  message, // counts; may be refused or dropped
  control, // always passes: ends, timers, replies to a coroutine
};

/// One thing for an actor to do: a message, a timer, the news of an end.
class host_job {
 public:
  host_job() = default;
  host_job(const host_job&) = delete;
  host_job& operator=(const host_job&) = delete;
  virtual ~host_job() = default;
  /// On the actor's thread. What it throws ends the actor.
  virtual void run(actor_host& host) = 0;
  /// It will never run: whoever waits for it learns why. Any thread.
  virtual void refuse(const failure&) noexcept {}
  virtual job_kind kind() const { return job_kind::control; }

 private:
  friend class job_queue;
  host_job* next_ = nullptr; // the one behind it in a mailbox
};

} // namespace troupe::detail
