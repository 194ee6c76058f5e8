// SPDX-License-Identifier: BSD-3-Clause
// The mailbox of an actor: what gets in, what does not, and who waits.
#include "actor/actor_environment.hpp"
#include "actor/job_memory.hpp"

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/actor_system.hpp>
#include <troupe/exceptions.hpp>

#include <algorithm>
#include <utility>

namespace troupe::detail {

namespace {

/// Messages of senders in this process, one after the other, cannot make room for each other.
constexpr std::chrono::seconds longest_wait_for_room{30};

failure full(const actor_host& host) {
  return failure::of(queue_full{"the mailbox of " + host.label() + " is full"});
}

} // namespace

void* host_job::operator new(std::size_t size_bytes) { return job_memory::take(size_bytes); }

void host_job::operator delete(void* memory, std::size_t size_bytes) noexcept {
  job_memory::give_back(memory, size_bytes);
}

void actor_host::push(std::unique_ptr<host_job> job, sender from) {
  std::unique_lock lock{mutex_};
  if (admit(lock, std::move(job), from))
    wake(lock);
}

bool actor_host::push_from(process_id process, std::unique_ptr<host_job> message) {
  std::unique_lock lock{mutex_};
  if (!admit(lock, std::move(message), sender::elsewhere))
    return false;
  const bool stops = messages_ >= options_.mailbox.capacity &&
                     options_.mailbox.overflow == overflow_policy::block && !has_stopped(process);
  if (stops)
    stopped_.push_back(process);
  wake(lock);
  return stops;
}

// False: it has been dealt with, and the lock may be open.
bool actor_host::admit(std::unique_lock<std::mutex>& lock, std::unique_ptr<host_job> job, sender from) {
  const bool counts = job->kind() == job_kind::message;
  if (counts && messages_ >= options_.mailbox.capacity && !ended_ && !make_room(lock, job, from))
    return false;
  if (ended_ || (admits_no_more_ && counts)) [[unlikely]] {
    const auto why =
        ended_ ? down_failure() : failure::of(actor_down{label() + " ends: its process was asked to"});
    lock.unlock();
    job->refuse(why);
    return false;
  }
  messages_ += counts;
  mailbox_.push(std::move(job));
  return true;
}

// Opens the lock.
void actor_host::wake(std::unique_lock<std::mutex>& lock) {
  if (std::exchange(scheduled_, true))
    return;
  auto to_run = runner_;
  lock.unlock();
  std::move(to_run).schedule();
}

// True: the job may go in, or the actor has ended meanwhile. False: it has been dealt with.
bool actor_host::make_room(std::unique_lock<std::mutex>& lock, std::unique_ptr<host_job>& job, sender from) {
  auto policy = options_.mailbox.overflow;
  if (policy == overflow_policy::block) {
    if (from == sender::elsewhere || wait_for_room(lock))
      return true;
    policy = overflow_policy::reject;
  }
  std::unique_ptr<host_job> refused;
  if (policy == overflow_policy::drop_oldest)
    refused = drop_oldest_message();
  const bool admitted = refused != nullptr;
  if (!admitted)
    refused = std::move(job);
  lock.unlock();
  const auto why = full(*this);
  refused->refuse(why);
  if (!admitted && policy == overflow_policy::reject && from == sender::tells)
    why.rethrow();
  if (admitted)
    lock.lock();
  return admitted;
}

std::unique_ptr<host_job> actor_host::drop_oldest_message() {
  auto oldest = mailbox_.pop(job_kind::message);
  if (oldest)
    --messages_;
  return oldest;
}

// The actor itself would wait for ever for itself.
bool actor_host::wait_for_room(std::unique_lock<std::mutex>& lock) {
  if (running() == this)
    return false;
  ++waiting_;
  lock.unlock();
  const auto has_room = [this] {
    std::lock_guard guard{mutex_};
    return ended_ || has_ample_room();
  };
  const auto deadline = system_->environment().now() + longest_wait_for_room;
  const bool room = system_->environment().wait(this, has_room, deadline);
  lock.lock();
  --waiting_;
  return room;
}

bool actor_host::stops(process_id process) const {
  std::lock_guard lock{mutex_};
  return has_stopped(process);
}

// REQUIRES: mutex_ is held.
bool actor_host::has_stopped(process_id process) const {
  return std::find(stopped_.begin(), stopped_.end(), process) != stopped_.end();
}

// Null when there is none. `last`: nothing is behind it for now.
std::unique_ptr<host_job> actor_host::pop(bool& last) {
  std::vector<process_id> to_go_on;
  std::unique_lock lock{mutex_};
  if (mailbox_.empty()) {
    if (abandoned_) [[unlikely]]
      left_behind_ = reason_;
    return nullptr;
  }
  auto job = mailbox_.pop();
  last = mailbox_.empty();
  const bool counts = job->kind() == job_kind::message;
  messages_ -= counts;
  messages_begun_ += counts;
  const bool awaited = waiting_ != 0 && has_ample_room();
  if (!stopped_.empty() && has_ample_room()) [[unlikely]]
    to_go_on.swap(stopped_);
  lock.unlock();
  for (const auto process : to_go_on)
    system_->tell_sender(process, *this, /*full=*/false);
  if (awaited)
    system_->environment().notify(this);
  return job;
}

// True: from now on, another thread may run it. False: something has come meanwhile.
bool actor_host::rest() {
  std::lock_guard lock{mutex_};
  if (!mailbox_.empty() || abandoned_)
    return false;
  scheduled_ = false;
  return true;
}

void actor_host::admit_no_more() {
  std::lock_guard lock{mutex_};
  admits_no_more_ = true;
}

std::size_t actor_host::mailbox_size() const {
  std::lock_guard lock{mutex_};
  return mailbox_.size();
}

} // namespace troupe::detail
