// SPDX-License-Identifier: BSD-3-Clause
#include "stage/stage_world.hpp"

#include "stage/stage_acting.hpp"
#include "supervision/supervisor_actor.hpp"

#include <troupe/detail/actor_host.hpp>
#include <troupe/exceptions.hpp>

#include <algorithm>
#include <utility>

namespace troupe::detail {

namespace {

thread_local bool has_stage = false;

const char* name_of(std::uint32_t tag) {
  switch (actor_tag{tag}) {
    case actor_tag::call:
      return "a call";
    case actor_tag::answer:
    case actor_tag::refuse:
      return "an answer";
    default:
      return "a message of the framework";
  }
}

} // namespace

stage_world::stage_world(std::uint64_t seed) : seed_{seed}, random_{seed} {
  if (has_stage)
    throw usage_error("this thread has a stage already: one is alive at a time");
  add_process("test");
  outside_.emplace(of_test().system);
  has_stage = true;
}

stage_world::~stage_world() {
  ending_ = true;
  scripted_.clear();
  for (auto i = processes_.size(); i-- != 0;)
    if (processes_[i]->alive())
      end_in_order(*processes_[i], "the stage has ended");
  outside_.reset();
  for (const auto& p : processes_) {
    p->world = nullptr;
    p->system.reset();
  }
  has_stage = false;
}

void stage_world::check_thread() const {
  if (std::this_thread::get_id() != thread_)
    throw usage_error("a stage runs on the thread that made it: no other may use it, or wait for its actors");
}

// ---- what may happen next

bool stage_world::receives(process_id process) const {
  const auto& p = *processes_[process];
  return p.alive() && !p.frozen;
}

bool stage_world::is_above_a_wait(actor_host& host) const {
  if (waits_.empty() || !host.is<supervisor_actor>())
    return false;
  const auto& upper = host.object<supervisor_actor>().planned();
  return std::any_of(waits_.begin(), waits_.end(), [&](const wait_on_stack& w) {
    return w.by && w.by->is<supervisor_actor>() &&
           is_above(upper, w.by->object<supervisor_actor>().planned());
  });
}

std::vector<stage_world::choice> stage_world::choices(bool all) const {
  std::vector<choice> found;
  for (std::size_t i = 0; i < ready_.size(); ++i)
    if (!ready_[i].where->frozen && (all || !is_above_a_wait(*ready_[i].host)))
      found.push_back({.what = choice::kind::host, .index = i});
  for (const auto& [way, wire] : wires_)
    if (wire.next_due() <= now_ && receives(way.to))
      found.push_back({.what = choice::kind::wire, .way = way});
  for (const auto& p : processes_)
    if (!p->posted.empty() && receives(p->id))
      found.push_back({.what = choice::kind::posted, .index = p->id});
  if (!scripted_.empty() && scripted_.begin()->first <= now_)
    found.push_back({.what = choice::kind::scripted});
  return found;
}

bool stage_world::run_one() { return take_step(/*all=*/false); }

bool stage_world::take_step(bool all) {
  check_thread();
  settle();
  for (;;) {
    ring_due();
    const auto possible = choices(all);
    if (possible.empty())
      return false;
    if (!perform(possible[random_.below(possible.size())]))
      continue;
    ++steps_;
    settle();
    return true;
  }
}

// False when it turns out that there was nothing to do.
bool stage_world::perform(const choice& c) {
  switch (c.what) {
    case choice::kind::host:
      return run_host(c.index);
    case choice::kind::wire:
      deliver(c.way);
      return true;
    case choice::kind::posted:
      run_posted(static_cast<process_id>(c.index));
      return true;
    case choice::kind::scripted:
      run_scripted();
      return true;
  }
  return false;
}

// What was about to be done has been taken out, so that the observer may do what it likes. It may also throw: `undo`
// puts it back.
template <class Describe, class Undo>
void stage_world::observe(Describe describe, Undo undo) {
  if (!observer_)
    return;
  try {
    observer_(std::to_string(std::chrono::nanoseconds{now_.time_since_epoch()}.count()) +
              " ns: " + describe());
  } catch (...) {
    undo();
    throw;
  }
}

// ---- a step

void stage_world::make_ready(const std::shared_ptr<stage_process>& where, std::shared_ptr<actor_host> host) {
  if (where->alive())
    ready_.push_back({where, std::move(host)});
}

bool stage_world::run_host(std::size_t index) {
  const auto picked = std::move(ready_[index]);
  ready_.erase(ready_.begin() + static_cast<std::ptrdiff_t>(index));
  const auto is_idle = [&] { return picked.host->mailbox_size() == 0; };
  if (is_idle()) { // it has ended meanwhile
    picked.host->run(1);
    return false;
  }
  observe([&] { return picked.host->label() + " handles a message"; },
          [&] { make_ready(picked.where, picked.host); });
  act_as(*picked.where, [&] {
    if (picked.host->run(1) == after_turn::again)
      make_ready(picked.where, picked.host);
  });
  return true;
}

void stage_world::deliver(wire_id way) {
  auto what = wires_.at(way).take();
  observe(
      [&] {
        return std::to_string(way.from) + " -> " + std::to_string(way.to) + ": " +
               (what.end ? "its end" : name_of(what.tag));
      },
      [&] { wires_[way].put_back(std::move(what)); });
  if (what.end)
    wires_.erase(way); // it was the last
  auto& to = *processes_[way.to];
  act_as(to, [&] {
    if (what.end)
      to.system->on_process_ended(way.from, *what.end);
    else
      to.system->on_message(way.from, what.target, what.tag, std::move(what.body));
  });
}

void stage_world::run_posted(process_id process) {
  auto& p = *processes_[process];
  auto job = std::move(p.posted.front());
  p.posted.pop_front();
  observe([&] { return "process " + std::to_string(process) + " starts what it was asked to"; },
          [&] { p.posted.push_front(std::move(job)); });
  act_as(p, job);
}

void stage_world::run_scripted() {
  auto next = scripted_.extract(scripted_.begin());
  observe([] { return "the test"; },
          [&] { scripted_.insert(scripted_.lower_bound(next.key()), std::move(next)); });
  act_as(of_test(), next.mapped());
}

void stage_world::send(wire_id on, parcel&& what) {
  if (processes_[on.to]->alive())
    wires_[on].send(std::move(what), now_, random_);
}

} // namespace troupe::detail
