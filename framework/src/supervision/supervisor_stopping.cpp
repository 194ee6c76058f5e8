// SPDX-License-Identifier: BSD-3-Clause
// How a supervisor stops its children, and what it is asked to do with those that have ended.
#include "supervision/supervisor_actor.hpp"

#include "actor/actor_environment.hpp"

#include <troupe/exceptions.hpp>

#include <csignal>
#include <utility>

namespace troupe::detail {

namespace {

constexpr std::chrono::seconds longest_kill{5};

steady_time deadline_at(steady_time now, std::chrono::nanoseconds in) {
  return forever_from_now - now <= in ? forever_from_now : now + in;
}

} // namespace

void supervisor_actor::stop_running(child& c, const exit_reason& why) {
  const bool ran = c.state == child_state::running && c.now;
  c.begin_step();
  c.state = child_state::ended;
  if (!ran)
    return;
  auto& world = plan_->system->environment();
  const auto end = await_end(c.now);
  // A supervisor is waited for: were it given up, nobody would end its children.
  const auto longest = c.planned->below ? std::chrono::nanoseconds::max() : time_to_stop(c.planned->spec);
  if (longest.count() != 0)
    request_stop(*c.now, {.kind = exit_kind::stopped, .text = why.text});
  if (c.planned->below)
    c.planned->below->starts.hurry(world.now());
  if (longest.count() == 0 || !end->wait(deadline_at(world.now(), longest))) {
    kill(c);
    end->wait(deadline_at(world.now(), longest_kill));
  }
  c.planned->place->vacate(c.now->id());
  auto event = about(c, supervision_event::kind::child_stopped);
  if (end->done())
    event.reason = end->take();
  else
    end->abandon();
  c.planned->last_end = event.reason;
  event.pid = event.reason.pid;
  c.now.reset();
  const bool killed_as_asked = longest.count() == 0 && event.reason.signal == SIGKILL;
  tell(std::move(event), killed_as_asked);
}

// An actor in a process with others cannot be torn out of it.
void supervisor_actor::kill(child& c) {
  const exit_reason killed{.kind = exit_kind::stopped, .text = "killed: it had not ended in time"};
  if (c.planned->spec.place.what() == placement::kind::own_process)
    plan_->system->environment().kill_process(c.now->id().process);
  else
    detail::give_up(*c.now, killed);
}

void supervisor_actor::stop_child(const std::string& id) {
  const auto c = child_called(id);
  const exit_reason why{.kind = exit_kind::stopped, .text = "its supervisor was asked to stop it"};
  const bool others_wait = c->leads_restart;
  stop_running(*c, why);
  if (c->planned->spec.restart == restart_type::temporary)
    forget(c, why);
  else
    close_seats(*c->planned, why);
  if (others_wait)
    resume(c, c->step);
  resume_beside(*c);
}

supervisor_actor::child_ptr supervisor_actor::ended_child_called(const std::string& id) {
  handle_end_of(child_called(id));
  auto c = child_called(id);
  if (c->state != child_state::ended)
    throw usage_error("supervisor: child '" + id + "' has not ended: stop it first");
  return c;
}

void supervisor_actor::restart_child(const std::string& id) {
  const auto c = ended_child_called(id);
  check_goes_on();
  start(*c);
  watch(c);
  resume_beside(*c);
}

void supervisor_actor::remove_child(const std::string& id) {
  const auto c = ended_child_called(id);
  forget(c, {.kind = exit_kind::stopped, .text = "its supervisor was asked to forget it"});
}

// Whoever was told of its end finds it handled, though that may still wait in the mailbox.
void supervisor_actor::handle_end_of(const child_ptr& c) {
  if (is_telling_ || c->state != child_state::running || c->planned->place->occupant())
    return;
  const auto end = await_end(c->now);
  if (end->wait(deadline_at(plan_->system->environment().now(), longest_kill)))
    ended(c, c->step, end->take());
  else
    end->abandon();
}

void supervisor_actor::forget(const child_ptr& c, const exit_reason& why) {
  ++c->step;
  remove_seats(*plan_->system, *c->planned); // first: its name is free when anybody learns of the end
  close_seats(*c->planned, why);
  std::erase(plan_->children, c->planned);
  std::erase(children_, c);
}

} // namespace troupe::detail
