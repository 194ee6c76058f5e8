// SPDX-License-Identifier: BSD-3-Clause
// How simulated processes start and end.
#include "stage/stage_acting.hpp"
#include "stage/stage_environment.hpp"
#include "stage/stage_world.hpp"

#include "actor/exit_reasons.hpp"

#include <troupe/detail/actor_host.hpp>
#include <troupe/exceptions.hpp>

#include <utility>

namespace troupe::detail {

namespace {

constexpr pid_t first_pid = 10'000;

std::string number(process_id process) { return std::to_string(process); }

} // namespace

stage_process& stage_world::at(process_id process) const {
  check_thread();
  if (!has(process))
    throw usage_error("this stage has no process " + number(process));
  return *processes_[process];
}

std::vector<process_id> stage_world::living() const {
  std::vector<process_id> found;
  for (const auto& p : processes_)
    if (p->alive())
      found.push_back(p->id);
  return found;
}

wire& stage_world::between(wire_id ends) {
  at(ends.from);
  at(ends.to);
  if (ends.from == ends.to)
    throw usage_error("process " + number(ends.from) + " has no link with itself");
  return wires_[ends];
}

// ---- the start

stage_process& stage_world::add_process(const std::string& name) {
  const auto id = static_cast<process_id>(processes_.size());
  auto made = std::make_shared<stage_process>(
      stage_process{.id = id, .name = name, .pid = first_pid + static_cast<pid_t>(id), .world = this});
  made->system = std::make_shared<actor_system>(id, std::make_unique<stage_environment>(made));
  processes_.push_back(std::move(made));
  return *processes_.back();
}

stage_process& stage_world::start_process(const std::string& name) {
  check_thread();
  if (ending_)
    throw stopped("the stage has ended: no new processes");
  auto& made = add_process(name);
  for (const auto& p : processes_)
    if (!p->alive()) // it will not be told
      made.system->on_process_ended(p->id, *p->exit);
  return made;
}

// ---- the end

/// Lets go of the processes that wait for it, as far as no code of them is on the stack.
void stage_world::settle() {
  for (std::size_t i = 0; i < processes_.size(); ++i) { // by index: on_stop may start others
    const auto p = processes_[i];
    if (p->depth != 0)
      continue;
    if (p->state == stage_process::life::ending)
      end_in_order(*p, "its process was asked to end");
    else if (p->state == stage_process::life::killed)
      destroy(*p);
  }
}

void stage_world::end_in_order(stage_process& process, const char* why) {
  act_as(process, [&] { process.system->end_all({.kind = exit_kind::stopped, .text = why}); });
  process_exit in_order;
  in_order.code = 0;
  in_order.in_order = true;
  in_order.last_ends = process.system->last_ends();
  silence(process, std::move(in_order), /*loses_messages=*/false);
  process.state = stage_process::life::ended;
  act_as(process, [&] { process.system->close(); });
}

void stage_world::kill(process_id process, process_exit how) {
  auto& p = at(process);
  if (process == 0)
    throw usage_error("process 0 is that of the test: it cannot be killed");
  if (!p.alive())
    return;
  p.state = stage_process::life::killed;
  silence(p, std::move(how), /*loses_messages=*/random_.below(2) == 0);
  settle();
}

/// Nothing that it sends arrives any more, nothing of it runs, and the others are told.
void stage_world::silence(stage_process& process, process_exit how, bool loses_messages) {
  how.pid = process.pid;
  how.name = process.name;
  process.exit = std::make_shared<const process_exit>(std::move(how));
  forget_work_of(process);
  std::erase_if(wires_, [&](const auto& w) { return w.first.to == process.id; });
  for (const auto& p : processes_) {
    if (!p->alive() || p->id == process.id)
      continue;
    auto& out = wires_[{process.id, p->id}];
    const auto lost = loses_messages ? random_.below(out.waiting() + 1) : 0;
    out.sender_ended(lost, process.exit, now_);
  }
}

void stage_world::forget_work_of(const stage_process& process) {
  std::erase_if(ready_, [&](const ready_host& r) { return r.where.get() == &process; });
  processes_[process.id]->posted.clear();
}

void stage_world::destroy(stage_process& process) {
  process.state = stage_process::life::ended;
  act_as(process, [&] {
    for (const auto& host : process.system->hosts())
      host->vanish(reason_of(*process.exit));
    process.system->close();
  });
}

} // namespace troupe::detail
