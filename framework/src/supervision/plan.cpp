// SPDX-License-Identifier: BSD-3-Clause
#include "supervision/plan.hpp"

#include "supervision/backoff.hpp"

#include <troupe/actor.hpp>
#include <troupe/exceptions.hpp>

#include <iostream>
#include <utility>

namespace troupe::detail {

plan::plan(std::shared_ptr<actor_system> s, supervisor_options o, std::shared_ptr<plan> a)
    : system{std::move(s)},
      options{std::move(o)},
      above{std::move(a)},
      label{options.name.empty() ? "supervisor" : options.name} {
  check(options);
  if (const auto p = above.lock())
    label = p->label + "/" + label;
}

bool is_above(const plan& upper, const plan& lower) {
  for (auto p = lower.above.lock(); p; p = p->above.lock())
    if (p.get() == &upper)
      return true;
  return false;
}

void event_listeners::add(listener f) {
  std::lock_guard lock{mutex_};
  all_.push_back(std::move(f));
}

void event_listeners::tell(const supervision_event& event) const {
  std::vector<listener> now;
  {
    std::lock_guard lock{mutex_};
    now = all_;
  }
  for (const auto& f : now) {
    try {
      f(event);
    } catch (...) {
      const failure why{std::current_exception()};
      std::cerr << "troupe: a function given to supervisor::on_event threw " << why.type_name() << ": "
                << why.what() << '\n';
    }
  }
}

std::chrono::nanoseconds time_to_stop(const child_spec& spec) {
  return spec.shutdown.value_or(std::chrono::seconds{5});
}

std::shared_ptr<endpoint> start_incarnation(const std::shared_ptr<plan>& of, const planned_child& child,
                                            actor_id supervisor) {
  auto& system = *of->system;
  const auto& spec = child.spec;
  spawn_options options{.name = spec.name.empty() ? spec.id : spec.name,
                        .place = spec.place,
                        .mailbox = spec.mailbox,
                        .start_timeout = spec.start_timeout};
  const seating place{.seat = child.place->id(), .supervisor = supervisor};
  if (system.is_here(spec.place, deadline_after(spec.start_timeout, system.now())))
    return system.spawn(std::move(options), child.recipe.make, place);
  const auto& arguments = child.recipe.arguments;
  if (!arguments)
    throw usage_error(
        "child '" + spec.id +
        "' cannot be started in another process: a constructor argument cannot be sent there (a "
        "reference or pointer, say): pass values or handles");
  urgency start{time_to_stop(spec)};
  const start_under_way listed{of, start};
  return system.spawn_elsewhere(
      std::move(options), child.recipe.factory,
      [&](byte_writer& w) { w.put(arguments->data(), arguments->size()); }, place, &start);
}

void close_seats(const planned_child& child, const exit_reason& why) {
  child.place->close(why);
  if (child.below)
    for (const auto& each : child.below->children)
      close_seats(*each, why);
}

void leave_names(actor_system& system, const planned_child& child) {
  system.leave_names(child.place->id());
  if (child.below)
    for (const auto& each : child.below->children)
      leave_names(system, *each);
}

void remove_seats(actor_system& system, const planned_child& child) {
  system.remove_seat(*child.place);
  if (child.below)
    for (const auto& each : child.below->children)
      remove_seats(system, *each);
}

void check(const child_spec& spec, const supervisor_options& under) {
  if (spec.id.empty())
    throw usage_error("child_spec.id is empty: give each child an id that is unique under its supervisor");
  if (spec.shutdown && spec.shutdown->count() < 0)
    throw usage_error("child_spec.shutdown of '" + spec.id + "' is negative: 0 kills at once");
  if (spec.significant && spec.restart == restart_type::permanent)
    throw usage_error(
        "child '" + spec.id +
        "' is significant and permanent: it never ends for good; make it transient or temporary");
  if (spec.significant && under.auto_shutdown == auto_shutdown_rule::never)
    throw usage_error(
        "child '" + spec.id +
        "' is significant, but its supervisor never shuts down: set supervisor_options.auto_shutdown");
  check(spec.backoff);
}

void check(const supervisor_options& options) {
  if (options.intensity < 0)
    throw usage_error("supervisor_options.intensity is negative: 0 allows no restart");
  if (options.period.count() <= 0)
    throw usage_error("supervisor_options.period must be above zero");
}

} // namespace troupe::detail
