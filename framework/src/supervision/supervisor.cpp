// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/supervisor.hpp>

#include "supervision/supervision.hpp"

#include <troupe/exceptions.hpp>
#include <troupe/runtime.hpp>
#include <troupe/test.hpp>

#include <utility>

namespace troupe {

namespace {

std::shared_ptr<detail::planned_child> plan_child(detail::actor_system& system, child_spec spec,
                                                  detail::child_recipe recipe) {
  auto child = std::make_shared<detail::planned_child>();
  child->spec = std::move(spec);
  child->recipe = std::move(recipe);
  child->place = system.add_seat(child->spec.mailbox);
  return child;
}

/// Has the supervisor start it. If that fails, nothing of it is left.
std::shared_ptr<detail::endpoint> start_planned(const detail::supervision& tree,
                                                const std::shared_ptr<detail::planned_child>& child) {
  auto& system = *tree.planned().system;
  const auto seat = child->place->id();
  try {
    if (!child->spec.name.empty())
      system.enroll(child->spec.name, seat);
    tree.call([child](detail::supervisor_actor& s) { s.add(child); });
  } catch (...) {
    detail::remove_seats(system, *child);
    detail::close_seats(*child, {.kind = exit_kind::stopped, .text = "it did not start"});
    throw;
  }
  return system.reach(seat);
}

} // namespace

supervisor::supervisor(runtime& rt, supervisor_options options)
    : tree_{std::make_shared<detail::supervision>(detail::actor_system::current(), std::move(options))} {
  detail::node::of(rt).attach(tree_);
}

supervisor::supervisor(test::stage& stage, supervisor_options options)
    : tree_{std::make_shared<detail::supervision>(stage.internals(), std::move(options))} {}

supervisor::supervisor(supervisor&&) noexcept = default;
supervisor& supervisor::operator=(supervisor&&) noexcept = default;
supervisor::~supervisor() = default;

detail::supervision& supervisor::tree() const {
  if (!tree_)
    throw usage_error("this supervisor was moved from");
  return *tree_;
}

std::shared_ptr<detail::endpoint> supervisor::add_child(child_spec spec, detail::child_recipe recipe) {
  return start_planned(tree(), plan_child(*tree().planned().system, std::move(spec), std::move(recipe)));
}

supervisor supervisor::add_supervisor(child_spec spec, supervisor_options options) {
  if (spec.place.what() != placement::kind::here)
    throw usage_error(
        "supervisor::add_supervisor: child_spec.place must be this_process: the processes are those of "
        "its children");
  const auto& above = tree().shared_plan();
  if (options.name.empty())
    options.name = spec.id;
  const auto below = std::make_shared<detail::plan>(above->system, std::move(options), above);
  detail::child_recipe recipe{.make = [below] { return std::make_unique<detail::supervisor_actor>(below); }};
  const auto child = plan_child(*above->system, std::move(spec), std::move(recipe));
  child->below = below;
  auto actor = start_planned(tree(), child);
  return supervisor{std::make_shared<detail::supervision>(below, std::move(actor))};
}

void supervisor::stop(const std::string& id) {
  tree().call([&](detail::supervisor_actor& s) { s.stop_child(id); });
}

void supervisor::restart(const std::string& id) {
  tree().call([&](detail::supervisor_actor& s) { s.restart_child(id); });
}

void supervisor::remove(const std::string& id) {
  tree().call([&](detail::supervisor_actor& s) { s.remove_child(id); });
}

std::vector<child_info> supervisor::children() const {
  std::vector<child_info> all;
  tree().call([&](detail::supervisor_actor& s) { all = s.children(); });
  return all;
}

void supervisor::on_event(std::function<void(const supervision_event&)> f) {
  tree().planned().listeners.add(std::move(f));
}

exit_reason supervisor::wait() const {
  const auto reason = wait_until(detail::forever_from_now);
  if (!reason)
    throw stopped("the runtime ended before the supervisor");
  return *reason;
}

detail::steady_time supervisor::clock_now() const { return tree().planned().system->now(); }

std::optional<exit_reason> supervisor::wait_until(detail::steady_time deadline) const {
  exit_reason reason;
  if (!tree().wait(deadline, reason))
    return std::nullopt;
  return reason;
}

void supervisor::stop() { tree().stop(); }

} // namespace troupe
