// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "supervision/plan.hpp"
#include "supervision/supervisor_actor.hpp"

#include <troupe/detail/node.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace troupe::detail {

/// What handles on a supervisor share: the way to its actor.
class supervision final : public dependent {
 public:
  /// Makes a supervisor at the top; stops it when this goes.
  supervision(std::shared_ptr<actor_system> system, supervisor_options options);
  /// Of one below another, or another handle on one. `longest`: of each call.
  supervision(std::shared_ptr<plan> p, std::shared_ptr<endpoint> actor,
              std::chrono::nanoseconds longest = forever);
  ~supervision() override;

  plan& planned() const { return *plan_; }
  const std::shared_ptr<plan>& shared_plan() const { return plan_; }
  const std::shared_ptr<endpoint>& actor() const { return actor_; }

  /// Of a call that begins now.
  steady_time deadline() const { return deadline_after(longest_, plan_->system->now()); }
  /// Has the supervisor's actor do something, and waits for that; a second time when a child's neighbour was not there.
  /// Errors: what it throws; actor_down; timeout_error, after which `what` may still be running.
  void call(const std::function<void(supervisor_actor&)>& what, steady_time deadline) const;
  void call(const std::function<void(supervisor_actor&)>& what) const { call(what, deadline()); }
  void stop();
  /// False at the deadline.
  bool wait(steady_time deadline, exit_reason& reason) const;

  /// The runtime is about to go.
  void node_ends() override { stop(); }

 private:
  actor_host* running_here() const;
  [[noreturn]] void too_late(const char* what_it_did) const;
  void call_once(const std::function<void(supervisor_actor&)>& what, steady_time deadline) const;

  std::shared_ptr<plan> plan_;
  std::shared_ptr<endpoint> actor_;
  bool at_the_top_;
  std::chrono::nanoseconds longest_ = forever;
};

} // namespace troupe::detail
