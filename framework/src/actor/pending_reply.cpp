// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/pending_reply.hpp>

#include "actor/actor_environment.hpp"
#include "actor/exit_reasons.hpp"

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/actor_system.hpp>
#include <troupe/exceptions.hpp>

#include <utility>

namespace troupe::detail {

pending_reply::~pending_reply() = default;

void pending_reply::fail(failure why) {
  if (!claim())
    return;
  why_.emplace(std::move(why));
  resolved();
}

void pending_reply::accept(payload&& body) {
  if (!claim()) {
    came_late(std::move(body));
    return;
  }
  body_ = std::move(body);
  resolved();
}

void pending_reply::process_ended(const process_exit& exit) {
  if (exit.start_error != 0)
    fail(failure::of(spawn_error{"cannot start a process", exit.start_error}));
  else
    fail(failure::of(actor_down{to_string(reason_of(exit))}));
}

void pending_reply::resolved() {
  if (fate_) [[unlikely]]
    fate_->store(question_fate::answered, std::memory_order_release);
  if (state_.exchange(state::done, std::memory_order_acq_rel) == state::awaited)
    std::exchange(awaiting_, nullptr)->push(std::move(note_));
  else
    asker_->environment().notify(this);
}

bool pending_reply::when_done(std::shared_ptr<actor_host> by, std::unique_ptr<host_job> note) {
  awaiting_ = std::move(by);
  note_ = std::move(note);
  auto expected = state::waiting;
  if (state_.compare_exchange_strong(expected, state::awaited, std::memory_order_acq_rel))
    return true;
  awaiting_.reset();
  note_.reset();
  return false;
}

bool pending_reply::abandon() {
  const world_visit here{asker_->environment()};
  if (!claim())
    return false;
  note_fate(question_fate::dropped);
  if (state_.exchange(state::done, std::memory_order_acq_rel) == state::awaited) {
    note_.reset();
    awaiting_.reset();
  }
  taken_back();
  return true;
}

bool pending_reply::wait(steady_time deadline) const {
  if (done())
    return true;
  auto& world = asker_->environment();
  if (world.wait(
          this, [this] { return done(); }, deadline))
    return true;
  if (deadline != forever_from_now && world.now() < deadline && !done())
    throw stopped("the runtime ended before the answer came");
  if (done())
    return true;
  note_given_up();
  return false;
}

std::shared_ptr<const std::atomic<question_fate>> pending_reply::followed() {
  if (!fate_)
    fate_ = std::make_shared<std::atomic<question_fate>>(question_fate::open);
  return fate_;
}

// The first of those who wait counts, but for the answer.
void pending_reply::note_fate(question_fate fate) const {
  auto expected = question_fate::open;
  if (fate_)
    fate_->compare_exchange_strong(expected, fate, std::memory_order_acq_rel);
}

} // namespace troupe::detail
