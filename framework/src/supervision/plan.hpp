// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "supervision/starts_under_way.hpp"

#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/child_recipe.hpp>
#include <troupe/detail/seat.hpp>
#include <troupe/supervision_options.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace troupe::detail {

struct plan;

/// A child as it was added: what outlives its incarnations, and those of its supervisor.
struct planned_child {
  child_spec spec;
  child_recipe recipe;
  std::shared_ptr<seat> place;
  std::shared_ptr<plan> below; // of a supervisor
  std::size_t restarts = 0;
  std::optional<exit_reason> last_end;
};

/// Whom to tell of events. Any thread.
class event_listeners {
 public:
  using listener = std::function<void(const supervision_event&)>;
  void add(listener f);
  /// What they throw is logged.
  void tell(const supervision_event& event) const;

 private:
  mutable std::mutex mutex_; // guards all_
  std::vector<listener> all_;
};

/// What a supervisor does, as opposed to how far it is. `children` belongs to its actor, once there is one; the rest is
/// constant, or any thread's.
struct plan {
  plan(std::shared_ptr<actor_system> s, supervisor_options o, std::shared_ptr<plan> a = nullptr);

  std::shared_ptr<actor_system> system;
  supervisor_options options;
  std::weak_ptr<plan> above; // that of the supervisor of this one, which holds this
  std::string label;         // the path from the top: "shop/warehouse"
  event_listeners listeners; // also of what happens below
  starts_under_way starts;   // the same
  std::vector<std::shared_ptr<planned_child>> children; // in the order of their start
};

/// Whether `lower` is supervised by `upper`, or by those below that.
bool is_above(const plan& upper, const plan& lower);

/// How long a child may take to end when it is asked to.
std::chrono::nanoseconds time_to_stop(const child_spec& spec);

/// Starts an incarnation. `supervisor`: the actor that works by that plan.
/// Errors: what making it throws; spawn_error; actor_down; timeout_error, also when the supervisor is to end.
std::shared_ptr<endpoint> start_incarnation(const std::shared_ptr<plan>& of, const planned_child& child,
                                            actor_id supervisor);

/// Whoever sends to it, or to those below it, is refused from now on.
void close_seats(const planned_child& child, const exit_reason& why);
/// Their names are free.
void leave_names(actor_system& system, const planned_child& child);
/// The same, and they are gone: no process can follow them any more.
void remove_seats(actor_system& system, const planned_child& child);

/// Errors: usage_error that names the field and the remedy.
void check(const child_spec& spec, const supervisor_options& under);
void check(const supervisor_options& options);

} // namespace troupe::detail
