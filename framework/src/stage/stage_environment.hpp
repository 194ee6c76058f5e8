// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "actor/actor_environment.hpp"
#include "stage/stage_process.hpp"

#include <memory>
#include <utility>

namespace troupe::detail {

/// The world of the actor_system of a simulated process: a stage. Once that has gone, nothing happens any more.
/// Threads: that of the stage.
class stage_environment final : public actor_environment {
 public:
  explicit stage_environment(std::shared_ptr<stage_process> self) : self_{std::move(self)} {}

  runner_ref make_runner(std::shared_ptr<actor_host> host) override;
  void post(std::function<void()> job) override;
  mailbox_ref way_to(actor_id id) override;
  process_id start_process(const std::string& name) override;
  void last_actor_ended() override;
  bool wait(const void* key, function_ref<bool()> done, steady_time deadline) override;
  void notify(const void*) override {} // whoever waits runs the stage itself, and looks after each step
  void let_links_move(function_ref<bool()> condition, steady_time deadline) override;
  pid_t pid_of(process_id process) override;
  void kill_process(process_id process) override;
  std::uint64_t random() override;
  steady_time now() const override;
  void wake_at(steady_time) override {} // the stage asks the alarms themselves

 private:
  stage_world& present() const;

  std::shared_ptr<stage_process> self_;
};

} // namespace troupe::detail
