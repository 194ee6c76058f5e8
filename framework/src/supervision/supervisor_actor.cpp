// SPDX-License-Identifier: BSD-3-Clause
#include "supervision/supervisor_actor.hpp"

#include "actor/actor_environment.hpp"
#include "actor/exit_reasons.hpp"
#include "supervision/crash_report.hpp"

#include <troupe/exceptions.hpp>

#include <algorithm>
#include <utility>

namespace troupe::detail {

namespace {

/// A step of the supervisor that something else has caused.
struct step_job final : host_job {
  explicit step_job(std::function<void()> s) : step{std::move(s)} {}
  void run(actor_host&) override { step(); }
  std::function<void()> step;
};

/// Has the supervisor take the step when a seat that was vacant is so no more.
class call_after_restart final : public held_message {
 public:
  call_after_restart(std::weak_ptr<actor_host> supervisor, std::unique_ptr<step_job> step)
      : supervisor_{std::move(supervisor)}, step_{std::move(step)} {}
  void send(const endpoint& /*to*/) override { call(); }
  void refuse(const failure& /*why*/) noexcept override {
    if (step_) // `send` may have failed
      call();
  }
  job_kind kind() const override { return job_kind::control; }

 private:
  void call() {
    if (const auto supervisor = supervisor_.lock())
      supervisor->push(std::move(step_));
  }
  std::weak_ptr<actor_host> supervisor_;
  std::unique_ptr<step_job> step_;
};

} // namespace

supervisor_actor::supervisor_actor(std::shared_ptr<plan> p)
    : plan_{std::move(p)},
      restarts_{static_cast<std::size_t>(plan_->options.intensity), plan_->options.period} {
  for (const auto& planned : plan_->children)
    children_.push_back(std::make_shared<child>(planned));
}

// Of a restart of this supervisor: its children are started again. One that cannot be started is the end of the
// attempt: on_stop follows.
void supervisor_actor::on_start() {
  plan_->starts.begin();
  for (const auto& c : std::vector{children_}) {
    if (!is_known(c))
      continue; // a listener has had it removed
    if (is_left_for_neighbour(c)) {
      c->state = child_state::restarting;
      continue;
    }
    start(*c);
    watch(c);
  }
}

void supervisor_actor::on_stop(const exit_reason& why) {
  ending_ = true;
  const bool for_good = !comes_back();
  for (const auto& c : children_)
    c->planned->place->expect_successor(!for_good);
  const auto all = children_; // a listener may have one removed
  for (auto c = all.rbegin(); c != all.rend(); ++c)
    stop_running(**c, why);
  if (!for_good) // otherwise the supervisor above sees to that, once it knows
    return;
  for (const auto& c : children_) {
    leave_names(*plan_->system, *c->planned);
    close_seats(*c->planned, why);
  }
}

// Another incarnation may follow: the supervisor above decides.
bool supervisor_actor::comes_back() const {
  const auto& host = actor_host::of_this_thread("supervision");
  const auto there = host.is_seated() ? plan_->system->reach(host.seat()) : nullptr;
  return there && there->place() && there->place()->expects_successor();
}

// A listener may ask for a start when this one is about to end.
void supervisor_actor::check_goes_on() const {
  if (ending_)
    throw actor_down("the supervisor '" + plan_->label + "' has ended");
}

// ---- starting

void supervisor_actor::start(child& c) {
  if (auto vacant = vacant_seat_beside(c))
    throw neighbour_is_away(c.planned->spec.id, std::move(vacant));
  c.begin_step();
  c.planned->place->await_occupant();
  c.planned->place->expect_successor(c.planned->spec.restart != restart_type::temporary);
  c.now = start_incarnation(plan_, *c.planned, actor_host::of_this_thread("supervision").id());
  c.state = child_state::running;
  c.pauses.started(plan_->system->environment().now());
  c.planned->place->occupy(c.now);
  auto event = about(c, supervision_event::kind::child_started);
  event.pid = pid_of(c);
  tell(std::move(event));
}

void supervisor_actor::watch(const child_ptr& c) {
  if (!c->now)
    return; // a listener that was told of the start has stopped it
  auto& host = actor_host::of_this_thread("supervision");
  const auto end = await_end(c->now);
  const auto step = c->step;
  const auto note = [this, end, c, step] { ended(c, step, end->take()); };
  if (!end->when_done(host.shared_from_this(), std::make_unique<step_job>(note)))
    host.push(std::make_unique<step_job>(note));
}

void supervisor_actor::add(std::shared_ptr<planned_child> planned) {
  check_goes_on();
  check(planned->spec, plan_->options);
  if (find(planned->spec.id))
    throw usage_error("supervisor: there is a child '" + planned->spec.id + "' already");
  const auto c = std::make_shared<child>(std::move(planned));
  children_.push_back(c); // listed when its start is told
  try {
    start(*c);
  } catch (...) {
    std::erase(children_, c);
    throw;
  }
  if (!is_known(c))
    return; // a listener has had it removed
  plan_->children.push_back(c->planned);
  watch(c);
}

// ---- after an end

void supervisor_actor::ended(const child_ptr& c, std::uint64_t step, const exit_reason& why) {
  if (ending_ || c->step != step)
    return;
  ++c->step;
  c->planned->place->vacate(c->now->id());
  c->planned->last_end = why;
  auto event = about(*c, supervision_event::kind::child_ended);
  event.reason = why;
  event.pid = why.pid;
  c->now.reset();
  const auto type = c->planned->spec.restart;
  const bool again = type == restart_type::permanent || (type == restart_type::transient && is_abnormal(why));
  c->state = again ? child_state::restarting : child_state::ended;
  const auto now = c->step;
  tell(std::move(event));
  if (c->step != now) { // a listener has seen to it
    if (!again && c->state == child_state::ended)
      shut_down_if_due(c->planned->spec);
    resume_beside(*c);
    return;
  }
  if (again)
    restart(c);
  else
    gone_for_good(c, why);
}

void supervisor_actor::gone_for_good(const child_ptr& c, const exit_reason& why) {
  const auto spec = c->planned->spec;
  if (spec.restart == restart_type::temporary)
    forget(c, why);
  else
    close_seats(*c->planned, why);
  shut_down_if_due(spec);
  resume_beside(*c);
}

void supervisor_actor::shut_down_if_due(const child_spec& gone) {
  const auto when = plan_->options.auto_shutdown;
  if (!gone.significant || when == auto_shutdown_rule::never)
    return;
  const bool others = std::any_of(children_.begin(), children_.end(), [](const auto& c) {
    return c->planned->spec.significant && c->state != child_state::ended;
  });
  if (when == auto_shutdown_rule::all_significant && others)
    return;
  tell({.what = supervision_event::kind::shut_down, .child = gone.id});
  ending_ = true;
  actor::stop({.kind = exit_kind::stopped, .text = "significant child '" + gone.id + "' has ended"});
}

void supervisor_actor::restart(const child_ptr& c) {
  auto& world = plan_->system->environment();
  const auto now = world.now();
  if (restarts_.exceeded_by_one_at(now)) {
    c->state = child_state::ended;
    give_up(*c);
    return;
  }
  ++c->planned->restarts;
  auto event = about(*c, supervision_event::kind::child_restarting);
  event.attempt = static_cast<int>(restarts_.count());
  event.delay = c->pauses.next(now, world.random());
  const auto delay = event.delay;
  const auto step = c->step;
  tell(std::move(event));
  if (c->step != step)
    return; // a listener has stopped it
  c->leads_restart = true;
  stop_affected_by(c);
  if (c->step != step) { // a listener has stopped it now: the others go on without
    resume(c, c->step);
    return;
  }
  c->state = child_state::restarting;
  const auto next = [this, c, step] { resume(c, step); };
  if (delay.count() == 0)
    next();
  else
    after(delay, next);
}

// Temporary children are not started again, so they go.
void supervisor_actor::stop_affected_by(const child_ptr& c) {
  auto affected = affected_by(c);
  const exit_reason why{.kind = exit_kind::stopped, .text = "'" + c->planned->spec.id + "' is restarted"};
  std::reverse(affected.begin(), affected.end());
  for (const auto& other : affected) {
    if (other == c)
      continue;
    stop_running(*other, why);
    if (other->planned->spec.restart == restart_type::temporary)
      forget(other, why);
    else
      other->state = child_state::restarting;
  }
}

std::vector<supervisor_actor::child_ptr> supervisor_actor::affected_by(const child_ptr& c) const {
  const auto self = std::find(children_.begin(), children_.end(), c);
  switch (plan_->options.strategy) {
    case restart_strategy::one_for_one:
      return {c};
    case restart_strategy::one_for_all:
      return children_;
    case restart_strategy::rest_for_one:
      return {self, children_.end()};
  }
  return {c};
}

// Starts those that wait for this restart. One that fails counts as a restart of its own, with a pause of its own.
void supervisor_actor::resume(const child_ptr& c, std::uint64_t step) {
  if (ending_ || c->step != step)
    return;
  c->leads_restart = false;
  for (const auto& each : affected_by(c)) {
    if (each->state != child_state::restarting)
      continue;
    if (is_left_for_neighbour(each))
      continue;
    try {
      start(*each);
    } catch (...) {
      auto event = about(*each, supervision_event::kind::start_failed);
      event.reason = reason_of(failure{std::current_exception()});
      each->planned->last_end = event.reason;
      each->leads_restart = true;
      const auto now = each->step;
      tell(std::move(event));
      actor_host::of_this_thread("supervision").push(std::make_unique<step_job>([this, each, now] {
        if (!ending_ && each->step == now && each->state == child_state::restarting)
          restart(each);
      }));
      return;
    }
    watch(each);
    resume_beside(*each);
  }
}

// Whether it belongs beside an actor that is to be started again, or whose end has yet to be handled: waiting for that
// one in the middle of a handler would keep it from being started. It is resumed when that one is there, or is not to come.
bool supervisor_actor::is_left_for_neighbour(const child_ptr& c) {
  const auto& place = c->planned->spec.place;
  c->waits_for_neighbour = place.what() == placement::kind::beside &&
                           std::any_of(children_.begin(), children_.end(), [&](const child_ptr& other) {
                             return other->planned->place->id() == place.neighbour() &&
                                    other->state != child_state::ended && !other->planned->place->occupant();
                           });
  return c->waits_for_neighbour || awaits_other_tree(c);
}

// Null when it has no such place, or somebody is there.
std::shared_ptr<seat> supervisor_actor::vacant_seat_beside(const child& c) const {
  const auto& place = c.planned->spec.place;
  if (place.what() != placement::kind::beside || !is_seat(place.neighbour()))
    return nullptr;
  const auto there = plan_->system->reach(place.neighbour())->place();
  return there && there->is_vacant() ? there : nullptr;
}

// The same for the child of another supervisor: its seat tells.
bool supervisor_actor::awaits_other_tree(const child_ptr& c) {
  const auto vacant = vacant_seat_beside(*c);
  if (!vacant)
    return false;
  auto& me = actor_host::of_this_thread("supervision");
  auto go_on = std::make_unique<step_job>([this, c, now = c->step] {
    if (c->state == child_state::restarting)
      resume(c, now);
  });
  vacant->send(std::make_unique<call_after_restart>(me.weak_from_this(), std::move(go_on)), true);
  return true;
}

// Those that waited for it: it is there again, or is not to come.
void supervisor_actor::resume_beside(const child& neighbour) {
  const auto seat = neighbour.planned->place->id();
  for (const auto& each : std::vector{children_})
    if (each->waits_for_neighbour && each->planned->spec.place.neighbour() == seat)
      resume(each, each->step);
}

void supervisor_actor::give_up(const child& c) {
  auto event = about(c, supervision_event::kind::gave_up);
  event.attempt = static_cast<int>(restarts_.count());
  tell(std::move(event));
  ending_ = true;
  actor::stop({.kind = exit_kind::stopped,
               .text = plan_->label + " gave up: more than " + std::to_string(plan_->options.intensity) +
                       (plan_->options.intensity == 1 ? " restart in " : " restarts in ") +
                       duration_text(plan_->options.period) + ", the last of '" + c.planned->spec.id + "'"});
}

// ---- telling

supervisor_actor::child_ptr supervisor_actor::find(const std::string& id) const {
  const auto found = std::find_if(children_.begin(), children_.end(),
                                  [&](const auto& c) { return c->planned->spec.id == id; });
  return found == children_.end() ? nullptr : *found;
}

bool supervisor_actor::is_known(const child_ptr& c) const {
  return std::find(children_.begin(), children_.end(), c) != children_.end();
}

supervisor_actor::child_ptr supervisor_actor::child_called(const std::string& id) const {
  auto c = find(id);
  if (!c)
    throw usage_error("supervisor: no child is called '" + id + "'");
  return c;
}

pid_t supervisor_actor::pid_of(const child& c) const {
  return c.now ? plan_->system->environment().pid_of(c.now->id().process) : 0;
}

std::vector<child_info> supervisor_actor::children() const {
  std::vector<child_info> all;
  for (const auto& c : children_) {
    const auto& p = *c->planned;
    all.push_back({.id = p.spec.id,
                   .state = c->state,
                   .restart = p.spec.restart,
                   .ref = actor_ref<actor>{plan_->system->reach(p.place->id())},
                   .pid = pid_of(*c),
                   .restarts = p.restarts,
                   .last_end = p.last_end,
                   .is_supervisor = p.below != nullptr});
  }
  return all;
}

supervision_event supervisor_actor::about(const child& c, supervision_event::kind what) const {
  return {.what = what, .child = c.planned->spec.id};
}

void supervisor_actor::tell(supervision_event event, bool as_asked) {
  event.supervisor = plan_->label;
  if (!as_asked)
    report(event, plan_->options);
  const bool nested = std::exchange(is_telling_, true);
  for (auto p = plan_; p; p = p->above.lock())
    p->listeners.tell(event);
  is_telling_ = nested;
}

} // namespace troupe::detail
