// SPDX-License-Identifier: BSD-3-Clause
#include "stage/stage_environment.hpp"

#include "stage/stage_targets.hpp"
#include "stage/stage_world.hpp"

#include <troupe/exceptions.hpp>

#include <csignal>
#include <utility>

namespace troupe::detail {

stage_world& stage_environment::present() const {
  if (!self_->world)
    throw stopped("the stage has gone");
  return *self_->world;
}

runner_ref stage_environment::make_runner(std::shared_ptr<actor_host> host) {
  return runner_ref{new stage_runner{self_, std::move(host)}};
}

void stage_environment::post(std::function<void()> job) {
  present();
  if (self_->alive())
    self_->posted.push_back(std::move(job));
}

mailbox_ref stage_environment::way_to(actor_id id) {
  if (!self_->world || !self_->world->has(id.process) || self_->system->knows_end_of(id.process))
    return {};
  return mailbox_ref{std::make_shared<stage_way>(self_, id)};
}

process_id stage_environment::start_process(const std::string& name) {
  return present().start_process(name).id;
}

void stage_environment::last_actor_ended() {
  if (self_->world && self_->id != 0 && self_->state == stage_process::life::running)
    self_->state = stage_process::life::ending;
}

bool stage_environment::wait(const void*, function_ref<bool()> done, steady_time deadline) {
  return self_->world ? self_->world->wait(*self_, done, deadline) : done();
}

void stage_environment::let_links_move(function_ref<bool()> condition, steady_time deadline) {
  if (self_->world)
    self_->world->wait(
        *self_, [&] { return !condition(); }, deadline);
}

pid_t stage_environment::pid_of(process_id process) {
  const auto* world = self_->world;
  return world && world->has(process) && world->at(process).alive() ? world->at(process).pid : 0;
}

void stage_environment::kill_process(process_id process) {
  process_exit how;
  how.signal = SIGKILL;
  if (self_->world && self_->world->has(process))
    self_->world->kill(process, std::move(how));
}

std::uint64_t stage_environment::random() { return present().random(); }

steady_time stage_environment::now() const { return self_->world ? self_->world->now() : steady_time{}; }

} // namespace troupe::detail
