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

/// A child that is to be added. Unless the supervisor takes it, nothing of it is left.
class candidate {
 public:
  candidate(std::shared_ptr<detail::actor_system> system, std::shared_ptr<detail::planned_child> child)
      : system_{std::move(system)}, child_{std::move(child)} {}
  ~candidate() {
    if (taken_)
      return;
    detail::remove_seats(*system_, *child_);
    detail::close_seats(*child_, {.kind = exit_kind::stopped, .text = "it did not start"});
  }
  candidate(const candidate&) = delete;
  candidate& operator=(const candidate&) = delete;

  void enroll(detail::steady_time deadline) const {
    if (!child_->spec.name.empty())
      system_->enroll(child_->spec.name, child_->place->id(), deadline);
  }
  /// Called by the supervisor.
  void add_to(detail::supervisor_actor& s) {
    s.add(child_);
    taken_ = true;
  }

 private:
  std::shared_ptr<detail::actor_system> system_;
  std::shared_ptr<detail::planned_child> child_;
  bool taken_ = false; // read when nobody else has it any more
};

std::shared_ptr<detail::endpoint> start_planned(const detail::supervision& tree,
                                                const std::shared_ptr<detail::planned_child>& child) {
  const auto& system = tree.planned().system;
  const auto added = std::make_shared<candidate>(system, child);
  const auto deadline = tree.deadline();
  added->enroll(deadline);
  tree.call([added](detail::supervisor_actor& s) { added->add_to(s); }, deadline);
  return system->reach(child->place->id());
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

supervisor supervisor::limited_to(std::chrono::nanoseconds longest) const {
  const auto& all = tree();
  return supervisor{std::make_shared<detail::supervision>(all.shared_plan(), all.actor(), longest)};
}

// What a call has the supervisor do owns what it uses: it may be done when nobody waits any more.

void supervisor::stop(const std::string& id) {
  tree().call([id](detail::supervisor_actor& s) { s.stop_child(id); });
}

void supervisor::restart(const std::string& id) {
  tree().call([id](detail::supervisor_actor& s) { s.restart_child(id); });
}

void supervisor::remove(const std::string& id) {
  tree().call([id](detail::supervisor_actor& s) { s.remove_child(id); });
}

std::vector<child_info> supervisor::children() const {
  const auto all = std::make_shared<std::vector<child_info>>();
  tree().call([all](detail::supervisor_actor& s) { *all = s.children(); });
  return std::move(*all);
}

void supervisor::on_event(std::function<void(const supervision_event&)> f) {
  tree().planned().listeners.add(std::move(f));
}

exit_reason supervisor::wait() const {
  const auto deadline = tree().deadline();
  const auto reason = wait_until(deadline);
  if (reason)
    return *reason;
  if (deadline == detail::forever_from_now)
    throw stopped("the runtime ended before the supervisor");
  throw timeout_error("the supervisor '" + tree().planned().label + "' had not ended in time");
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
