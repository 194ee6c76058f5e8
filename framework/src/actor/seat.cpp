// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/seat.hpp>

#include "actor/actor_environment.hpp"
#include "actor/room_limit.hpp"

#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/endpoint.hpp>
#include <troupe/exceptions.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace troupe::detail {

namespace {

constexpr std::chrono::seconds longest_wait{30};

void hand_over(held_message& message, const endpoint& to) noexcept {
  try {
    message.send(to);
  } catch (...) {
    message.refuse(failure{std::current_exception()});
  }
}

} // namespace

seat::seat(actor_id id, actor_system& system, mailbox_options bound)
    : id_{id}, system_{system}, bound_{bound}, last_process_{id.process} {}

seat::~seat() {
  const auto why = failure::of(actor_down{"the supervised actor is not to be reached any more"});
  for (auto& message : held_)
    message->refuse(why);
}

std::shared_ptr<endpoint> seat::occupant() const {
  std::lock_guard lock{mutex_};
  return occupant_;
}

bool seat::is_vacant() const {
  std::lock_guard lock{mutex_};
  return state_ == state::vacant;
}

std::optional<exit_reason> seat::reason_of_closing() const {
  std::lock_guard lock{mutex_};
  return state_ == state::closed ? std::optional{why_} : std::nullopt;
}

std::shared_ptr<endpoint> seat::wait_for_occupant(steady_time deadline) {
  auto& world = system_.environment();
  const auto settled = [this] {
    std::lock_guard lock{mutex_};
    return state_ != state::vacant;
  };
  world.wait(this, settled, std::min(deadline, world.now() + longest_wait));
  return occupant();
}

void seat::await_occupant() {
  std::lock_guard lock{mutex_};
  last_process_ = id_.process;
}

process_id seat::last_process() const {
  std::lock_guard lock{mutex_};
  return last_process_;
}

failure seat::why_closed() const {
  return failure::of(actor_down{"the supervised actor has ended: " + to_string(why_)});
}

void seat::send(std::unique_ptr<held_message> message, bool refused_quietly) {
  std::unique_lock lock{mutex_};
  while (message->kind() == job_kind::message && is_full()) {
    if (is_patient(*message) &&
        wait_for_room(lock, latest_for_room(system_.now(), excess_questions::patience)))
      continue;
    const auto how = exceed(*message);
    if (how == excess_questions::verdict::goes_in)
      break;
    if (!make_room(lock, message, how, refused_quietly))
      return;
  }
  if (state_ == state::vacant) {
    hold(std::move(message));
    return;
  }
  const auto to = occupant_;
  const auto why = to ? std::optional<failure>{} : why_closed();
  lock.unlock();
  if (to)
    hand_over(*message, *to);
  else
    message->refuse(*why);
}

// REQUIRES, like what follows and `is_full`: the mutex is held.
void seat::hold(std::unique_ptr<held_message> message) {
  counted_ += message->kind() == job_kind::message;
  held_.push_back(std::move(message));
}

std::unique_ptr<held_message> seat::take_held(std::deque<std::unique_ptr<held_message>>::iterator which) {
  auto message = std::move(*which);
  held_.erase(which);
  counted_ -= message->kind() == job_kind::message;
  return message;
}

bool seat::is_patient(const held_message& message) const {
  return bound_.overflow == overflow_policy::block && message.asker();
}

excess_questions::verdict seat::exceed(const held_message& message) {
  return is_patient(message) ? excess_.admit(*message.asker()) : excess_questions::verdict::waits;
}

bool seat::wait_for_room(std::unique_lock<std::mutex>& lock, steady_time deadline) {
  lock.unlock();
  auto& world = system_.environment();
  const auto has_room = [this] {
    std::lock_guard guard{mutex_};
    return !is_full();
  };
  const bool there_was = world.wait(this, has_room, deadline);
  lock.lock();
  return there_was;
}

// True: look again. False: the message has been dealt with.
bool seat::make_room(std::unique_lock<std::mutex>& lock, std::unique_ptr<held_message>& message,
                     excess_questions::verdict how, bool quietly) {
  const auto policy = bound_.overflow;
  const auto full = failure::of(queue_full{"too many messages wait for a supervised actor to be restarted"});
  if (policy == overflow_policy::drop_oldest && counted_ != 0) {
    auto oldest = take_held(std::find_if(held_.begin(), held_.end(),
                                         [](const auto& held) { return held->kind() == job_kind::message; }));
    lock.unlock();
    oldest->refuse(full);
    oldest.reset(); // without the lock: what its arguments do at their end may be to send to this seat
    lock.lock();
    return true;
  }
  if (policy == overflow_policy::block && how == excess_questions::verdict::waits &&
      wait_for_room(lock, latest_for_room(system_.now())))
    return true;
  lock.unlock();
  message->refuse(full);
  if (!quietly && (policy == overflow_policy::block || policy == overflow_policy::reject))
    full.rethrow();
  return false;
}

void seat::occupy(std::shared_ptr<endpoint> who) {
  std::unique_lock lock{mutex_};
  if (state_ == state::closed)
    state_ = state::vacant;
  last_process_ = who->id().process;
  if (left_early_ != who->id() && !system_.knows_exit_of(last_process_))
    arriving_ = who->id();
  // It may leave again while the mutex is not held: what waits from then on is for its successor.
  while (!held_.empty() && arriving_ == who->id()) {
    auto message = take_held(held_.begin());
    lock.unlock();
    hand_over(*message, *who);
    message.reset(); // as above
    lock.lock();
  }
  if (arriving_ == who->id()) {
    state_ = state::taken;
    occupant_ = std::move(who);
  }
  arriving_ = {};
  excess_.clear();
  tell_followers();
  lock.unlock();
  system_.environment().notify(this);
}

// REQUIRES: the mutex is held.
void seat::take_out(actor_id whom) {
  if (arriving_ == whom)
    arriving_ = {};
  if (!occupant_ || occupant_->id() != whom) {
    left_early_ = whom;
    return;
  }
  occupant_.reset();
  state_ = state::vacant;
  tell_followers();
}

void seat::vacate(actor_id whom) {
  std::lock_guard lock{mutex_};
  take_out(whom);
}

void seat::vacate_if_in(process_id process) {
  std::lock_guard lock{mutex_};
  if (arriving_.number != 0 && arriving_.process == process)
    arriving_ = {};
  if (occupant_ && occupant_->id().process == process)
    take_out(occupant_->id());
}

void seat::vacate() {
  std::lock_guard lock{mutex_};
  if (state_ == state::vacant)
    return;
  occupant_.reset();
  state_ = state::vacant;
  tell_followers();
}

void seat::close(exit_reason why) {
  std::deque<std::unique_ptr<held_message>> refused;
  std::unique_lock lock{mutex_};
  state_ = state::closed;
  why_ = std::move(why);
  arriving_ = {};
  occupant_.reset();
  refused.swap(held_);
  counted_ = 0;
  excess_.clear();
  tell_followers();
  const auto failed = why_closed();
  lock.unlock();
  for (auto& message : refused)
    message->refuse(failed);
  system_.environment().notify(this);
}

void seat::add_follower(process_id process) {
  std::lock_guard lock{mutex_};
  followers_.insert(process);
  tell(process);
}

void seat::drop_follower(process_id process) {
  std::lock_guard lock{mutex_};
  followers_.erase(process);
}

// REQUIRES, like `tell`: the mutex is held, so that changes are told in their order.
void seat::tell_followers() {
  for (const auto follower : followers_)
    tell(follower);
}

void seat::tell(process_id follower) {
  system_.tell_seat(follower, id_, state_, occupant_ ? occupant_->id() : actor_id{}, why_);
}

} // namespace troupe::detail
