// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/test.hpp>

#include "stage/stage_state.hpp"

#include <troupe/exceptions.hpp>

#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <utility>

namespace troupe::test {

namespace {

// So that what the test draws and what the stage draws are different numbers.
constexpr std::uint64_t for_the_test = 0x9e37'79b9'7f4a'7c15;

} // namespace

stage::state::state(std::uint64_t seed)
    : world{seed}, random{seed ^ for_the_test}, exceptions_before{std::uncaught_exceptions()} {}

stage::stage(std::uint64_t seed) : state_{std::make_unique<state>(seed)} {}

stage::~stage() {
  if (state_->prints_seed && std::uncaught_exceptions() > state_->exceptions_before)
    std::cerr << "troupe: the stage that failed had the seed " << seed() << '\n';
}

const std::shared_ptr<detail::actor_system>& stage::internals() const {
  state_->world.check_thread();
  return state_->world.of_test().system;
}

// ---- running

bool stage::run_one() { return state_->world.run_one(); }

std::size_t stage::run_until_idle() { return state_->world.run_until_idle(); }

bool stage::run_until(const std::function<bool()>& done) { return state_->world.run_until_idle_or(done); }

bool stage::run_until_time(const std::function<bool()>& done, detail::steady_time deadline) {
  return state_->world.run_until(done, deadline) == detail::stage_world::result::done;
}

void stage::advance_to(detail::steady_time target) { state_->world.advance_to(target); }

void stage::call_at(detail::steady_time at, std::function<void()> f) {
  state_->world.call_at(at, std::move(f));
}

detail::steady_time stage::clock() const { return state_->world.now(); }

std::chrono::nanoseconds stage::now() const { return clock().time_since_epoch(); }

// ---- faults

void stage::kill(simulated_process process, int signal) {
  detail::process_exit how;
  how.signal = signal;
  state_->world.kill(process.number(), std::move(how));
}

void stage::hang(simulated_process process) {
  detail::process_exit how;
  how.signal = SIGKILL;
  how.hung = true;
  state_->world.kill(process.number(), std::move(how));
}

void stage::exit(simulated_process process, int code) {
  detail::process_exit how;
  how.code = code;
  state_->world.kill(process.number(), std::move(how));
}

void stage::freeze(simulated_process process) { state_->world.at(process.number()).frozen = true; }
void stage::thaw(simulated_process process) { state_->world.at(process.number()).frozen = false; }

void stage::cut(link between) {
  cut_one_way(between.one, between.other);
  cut_one_way(between.other, between.one);
}

void stage::cut_one_way(simulated_process from, simulated_process to) {
  state_->world.between({from.number(), to.number()}).cut();
}

void stage::heal(link between) {
  for (const auto& [from, to] : {between, link{between.other, between.one}})
    state_->world.between({from.number(), to.number()}).heal();
}

void stage::set_delay(link between, std::chrono::nanoseconds shortest, std::chrono::nanoseconds longest) {
  if (shortest.count() < 0 || longest < shortest)
    throw usage_error("stage::delay: the shortest time must not be below zero, nor above the longest");
  for (const auto& [from, to] : {between, link{between.other, between.one}})
    state_->world.between({from.number(), to.number()}).delay({shortest, longest});
}

// ---- looking

std::vector<simulated_process> stage::processes() const {
  std::vector<simulated_process> all;
  for (const auto id : state_->world.living())
    all.emplace_back(id);
  return all;
}

bool stage::is_alive(simulated_process process) const { return state_->world.at(process.number()).alive(); }

std::vector<std::string> stage::leftovers() const { return state_->world.leftovers(); }

void stage::on_step(std::function<void(const std::string&)> f) { state_->world.on_step(std::move(f)); }

std::uint64_t stage::steps() const { return state_->world.steps(); }

void stage::limit_steps(std::size_t most) { state_->world.limit_steps(most); }

std::uint64_t stage::seed() const { return state_->world.seed(); }

std::uint64_t stage::random(std::uint64_t bound) {
  if (bound == 0)
    throw usage_error("stage::random: there is no number below 0");
  return state_->random.below(bound);
}

} // namespace troupe::test
