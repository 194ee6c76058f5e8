// SPDX-License-Identifier: BSD-3-Clause
// The mailbox of an actor: what gets in, what does not, and who waits.
#include "actor/actor_environment.hpp"
#include "actor/job_memory.hpp"
#include "actor/room_limit.hpp"

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/actor_system.hpp>
#include <troupe/exceptions.hpp>

#include <algorithm>
#include <utility>

namespace troupe::detail {

namespace {

failure full(const actor_host& host) {
  return failure::of(queue_full{"the mailbox of " + host.label() + " is full"});
}

} // namespace

void check(const mailbox_options& mailbox) {
  if (mailbox.capacity == 0)
    throw usage_error(
        "mailbox_options.capacity is 0: no message would ever get in; 1 is the smallest mailbox");
}

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
  const bool stops = is_full() && options_.mailbox.overflow == overflow_policy::block &&
                     !has_stopped(process) && hold_back(process);
  wake(lock);
  return stops;
}

// REQUIRES: mutex_ is held. False: meanwhile so many messages were begun that nobody may be left to tell it to go on.
bool actor_host::hold_back(process_id process) {
  stopped_.push_back(process);
  note_held_back();
  if (!has_ample_room())
    return true;
  stopped_.pop_back();
  note_held_back();
  return false;
}

// REQUIRES: mutex_ is held.
bool actor_host::is_full() {
  if (admitted_ - begun_seen_ < options_.mailbox.capacity)
    return false;
  begun_seen_ = taken_.begun();
  return admitted_ - begun_seen_ >= options_.mailbox.capacity;
}

// False: it has been dealt with, and the lock may be open.
bool actor_host::admit(std::unique_lock<std::mutex>& lock, std::unique_ptr<host_job> job, sender from) {
  const bool counts = job->kind() == job_kind::message;
  if (counts && is_full() && !ended_ && !make_room(lock, job, from))
    return false;
  if (ended_ || (admits_no_more_ && counts)) [[unlikely]] {
    const auto why =
        ended_ ? down_failure() : failure::of(actor_down{label() + " ends: its process was asked to"});
    lock.unlock();
    job->refuse(why);
    return false;
  }
  admitted_ += counts;
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
    if (block(lock, *job, from))
      return true;
    policy = overflow_policy::reject;
  }
  std::unique_ptr<host_job> refused;
  if (policy == overflow_policy::drop_oldest) {
    refused = drop_oldest_message();
    if (!refused && !is_full())
      return true;
  }
  const bool admitted = refused != nullptr;
  if (!admitted)
    refused = std::move(job);
  lock.unlock();
  const auto why = full(*this);
  refused->refuse(why);
  if (!admitted && policy == overflow_policy::reject && from == sender::tells)
    why.rethrow();
  refused.reset(); // without the lock: what its arguments do at their end may be to send to this actor
  if (admitted)
    lock.lock();
  return admitted;
}

// overflow_policy::block. False: there is no room.
bool actor_host::block(std::unique_lock<std::mutex>& lock, const host_job& job, sender from) {
  using verdict = excess_questions::verdict;
  if (from == sender::elsewhere)
    return true;
  auto* const question = from == sender::asks ? job.asker() : nullptr;
  if (question &&
      (wait_for_room(lock, latest_for_room(system_->now(), excess_questions::patience)) || !is_full()))
    return true;
  switch (question ? exceed(*question) : verdict::waits) {
    case verdict::goes_in:
      return true;
    case verdict::refused:
      return false;
    case verdict::waits:
      break;
  }
  return wait_for_room(lock, latest_for_room(system_->now()));
}

// REQUIRES: mutex_ is held.
excess_questions::verdict actor_host::exceed(pending_reply& question) {
  const auto verdict = excess_.admit(question);
  note_held_back();
  if (has_ample_room()) { // by now: nobody may be left to say so
    excess_.clear();
    note_held_back();
  }
  return verdict;
}

// REQUIRES: is_full(), of this moment. Null when one was begun meanwhile.
std::unique_ptr<host_job> actor_host::drop_oldest_message() {
  auto oldest = taken_.drop_message(begun_seen_);
  if (!oldest && is_full()) // so it has none, and those in mailbox_ are not begun without the lock
    oldest = mailbox_.pop(job_kind::message);
  if (oldest)
    --admitted_;
  return oldest;
}

/// Counts a sender that waits, with the mailbox unlocked, for as long as this lives: a stage's wait may throw.
class actor_host::waiting_sender {
 public:
  waiting_sender(actor_host& host, std::unique_lock<std::mutex>& lock) : host_{host}, lock_{lock} {
    ++host_.waiting_;
    host_.note_held_back();
    lock_.unlock();
  }
  ~waiting_sender() {
    lock_.lock();
    --host_.waiting_;
    host_.note_held_back();
  }
  waiting_sender(const waiting_sender&) = delete;
  waiting_sender& operator=(const waiting_sender&) = delete;

 private:
  actor_host& host_;
  std::unique_lock<std::mutex>& lock_;
};

// The actor itself would wait for ever for itself.
bool actor_host::wait_for_room(std::unique_lock<std::mutex>& lock, steady_time deadline) {
  if (running() == this)
    return false;
  const waiting_sender me{*this, lock};
  const auto has_room = [this] {
    std::lock_guard guard{mutex_};
    return ended_ || has_ample_room();
  };
  if (system_->environment().wait(this, has_room, deadline))
    return true;
  if (system_->now() < deadline)
    throw stopped("the runtime ended before there was room for a message");
  return false;
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
  auto job = taken_.pop();
  if (!job)
    job = pop_mailbox(last);
  if (held_back_.load()) [[unlikely]]
    let_go_on();
  return job;
}

// What is behind it goes to taken_.
std::unique_ptr<host_job> actor_host::pop_mailbox(bool& last) {
  std::lock_guard lock{mutex_};
  auto job = mailbox_.pop();
  if (!job) {
    if (abandoned_) [[unlikely]]
      left_behind_ = reason_;
    return nullptr;
  }
  taken_.begin(*job);
  last = mailbox_.empty();
  if (!last)
    taken_.add_all(mailbox_);
  return job;
}

// Whoever waits for room, when there is enough.
void actor_host::let_go_on() {
  std::unique_lock lock{mutex_};
  if (!has_ample_room())
    return;
  const auto to_go_on = std::exchange(stopped_, {});
  const bool awaited = waiting_ != 0;
  excess_.clear();
  note_held_back();
  lock.unlock();
  for (const auto process : to_go_on)
    system_->tell_sender(process, *this, /*full=*/false);
  if (awaited)
    system_->environment().notify(this);
}

// True: from now on, another thread may run it. False: something has come meanwhile.
bool actor_host::rest() {
  std::lock_guard lock{mutex_};
  if (!mailbox_.empty() || taken_.any() || abandoned_)
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
  return taken_.size() + mailbox_.size();
}

} // namespace troupe::detail
