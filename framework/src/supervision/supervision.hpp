// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "supervision/plan.hpp"
#include "supervision/supervisor_actor.hpp"

#include <troupe/detail/node.hpp>

#include <functional>
#include <memory>

namespace troupe::detail {

/// What handles on a supervisor share: the way to its actor.
class supervision final : public dependent {
 public:
  /// Makes a supervisor at the top; stops it when this goes.
  supervision(std::shared_ptr<actor_system> system, supervisor_options options);
  /// Of one below another.
  supervision(std::shared_ptr<plan> p, std::shared_ptr<endpoint> actor);
  ~supervision() override;

  plan& planned() const { return *plan_; }
  const std::shared_ptr<plan>& shared_plan() const { return plan_; }
  const std::shared_ptr<endpoint>& actor() const { return actor_; }

  /// Has the supervisor's actor do something, and waits for that; a second time when a child's neighbour was not there.
  /// Errors: what it throws; actor_down.
  void call(const std::function<void(supervisor_actor&)>& what) const;
  void stop();
  /// False at the deadline.
  bool wait(steady_time deadline, exit_reason& reason) const;

  /// The runtime is about to go.
  void node_ends() override { stop(); }

 private:
  actor_host* running_here() const;
  void call_once(const std::function<void(supervisor_actor&)>& what) const;

  std::shared_ptr<plan> plan_;
  std::shared_ptr<endpoint> actor_;
  bool at_the_top_;
};

} // namespace troupe::detail
