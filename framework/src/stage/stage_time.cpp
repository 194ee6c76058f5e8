// SPDX-License-Identifier: BSD-3-Clause
// The time of a stage: it moves when nothing else is left to do, or when a test says so.
#include "actor/room_limit.hpp"
#include "stage/stage_acting.hpp"
#include "stage/stage_world.hpp"

#include <troupe/detail/actor_host.hpp>
#include <troupe/exceptions.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace troupe::detail {

/// Ends calls that would go on for ever: actors that keep each other busy.
class stage_world::step_meter {
 public:
  explicit step_meter(const stage_world& world) : world_{world} {}
  void count() {
    if (++taken_ > world_.steps_at_most_)
      throw usage_error(
          "stage (seed " + std::to_string(world_.seed_) + "): " + std::to_string(world_.steps_at_most_) +
          " steps, and no end in sight: actors that always have something to say, or a timer that "
          "goes on while somebody waits for what never comes; limit_steps allows for more");
  }
  std::size_t taken() const { return taken_; }

 private:
  const stage_world& world_;
  std::size_t taken_ = 0;
};

// ---- alarms

void stage_world::ring_due() {
  for (std::size_t i = 0; i < processes_.size(); ++i) { // by index: ringing may start processes
    const auto p = processes_[i];
    if (receives(p->id) && p->system->next_alarm() <= now_)
      act_as(*p, [&] { p->system->ring_alarms(now_); });
  }
}

void stage_world::move_to(steady_time at) { now_ = std::max(now_, at); }

steady_time stage_world::next_event() const {
  auto next = forever_from_now;
  for (const auto& [way, wire] : wires_)
    if (receives(way.to))
      next = std::min(next, wire.next_due());
  for (const auto& p : processes_)
    if (receives(p->id))
      next = std::min(next, p->system->next_alarm());
  if (!scripted_.empty())
    next = std::min(next, scripted_.begin()->first);
  return next;
}

void stage_world::call_at(steady_time at, std::function<void()> what) {
  check_thread();
  scripted_.emplace(at, std::move(what));
}

// ---- running for longer

std::size_t stage_world::run_until_idle() {
  step_meter meter{*this};
  while (run_one())
    meter.count();
  return meter.taken();
}

bool stage_world::run_until_idle_or(function_ref<bool()> done) {
  step_meter meter{*this};
  while (!done()) {
    if (!run_one())
      return false;
    meter.count();
  }
  return true;
}

void stage_world::advance_to(steady_time target) {
  step_meter meter{*this};
  for (;;) {
    while (run_one())
      meter.count();
    const auto next = next_event();
    if (next > target || next == forever_from_now)
      break;
    move_to(next);
  }
  if (target != forever_from_now)
    move_to(target);
}

stage_world::result stage_world::run_until(function_ref<bool()> done, steady_time deadline) {
  step_meter meter{*this};
  for (;;) {
    if (done())
      return result::done;
    if (now_ >= deadline)
      return result::late;
    if (run_one()) {
      meter.count();
      continue;
    }
    const auto next = next_event();
    if (next == forever_from_now && deadline == forever_from_now) {
      if (!take_step(/*all=*/true))
        return result::stuck;
      meter.count();
      continue;
    }
    move_to(std::min(next, deadline));
  }
}

// ---- code that waits

bool stage_world::wait(const stage_process& by, function_ref<bool()> done, steady_time deadline) {
  check_thread();
  struct on_stack {
    on_stack(std::vector<wait_on_stack>& w, wait_on_stack now) : waits{w} { waits.push_back(now); }
    ~on_stack() { waits.pop_back(); }
    std::vector<wait_on_stack>& waits;
  };
  if (ending_)
    return done();
  const on_stack noted{waits_, {done, actor_host::running()}};
  const no_room_limit for_others;
  const bool in_handler = by.depth != 0; // otherwise it is the test that waits
  const auto is_held = [&] { return in_handler && by.alive() && by.frozen; };
  const auto lives_or_done = [&] { return !by.alive() || (!is_held() && done()); };
  auto ended = run_until(lives_or_done, deadline);
  if (ended == result::late && is_held() &&
      run_until([&] { return !is_held(); }, forever_from_now) == result::stuck)
    ended = result::stuck;
  if (!by.alive())
    throw stopped("the simulated process that waited has ended");
  if (ended == result::stuck)
    throw usage_error(why_stuck());
  return ended == result::done;
}

std::string stage_world::why_stuck() const {
  std::string text =
      "stage (seed " + std::to_string(seed_) + "): this wait can never end, nothing is left to run. ";
  const bool another_could =
      std::any_of(waits_.begin(), waits_.end() - 1, [](const auto& wait) { return wait.done(); });
  if (another_could)
    text +=
        "A wait that began earlier could go on, but lies beneath this one on the stack of the stage: let one of "
        "the two handlers co_await its answer instead of get().";
  else
    text +=
        "Who should answer waits in the middle of a handler for somebody who waits for it, keeps a promise, is "
        "frozen, or is behind a cut link: co_await in handlers instead of get(), heal or thaw it, or wait with a "
        "timeout.";
  for (const auto& line : leftovers())
    text += "\n  " + line;
  return text;
}

} // namespace troupe::detail
