// SPDX-License-Identifier: BSD-3-Clause
// The timers of an actor. Called by the thread that runs it.
#include "actor/actor_environment.hpp"

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/actor_system.hpp>

#include <utility>

namespace troupe::detail {

namespace {

struct timer_job final : host_job {
  explicit timer_job(std::uint64_t n) : number{n} {}
  void run(actor_host& host) override { host.timer_due(number); }
  std::string_view label() const override { return "timer"; }
  std::uint64_t number;
};

} // namespace

std::uint64_t actor_host::set_timer(steady_time at, std::chrono::nanoseconds period,
                                    std::function<void()> then) {
  const auto number = ++timers_made_;
  const auto alarm = system_->set_alarm(at, weak_from_this(), std::make_unique<timer_job>(number));
  timers_.emplace(number, timer_entry{alarm, period, at, std::move(then)});
  return number;
}

void actor_host::cancel_timer(std::uint64_t number) {
  const auto found = timers_.find(number);
  if (found == timers_.end())
    return;
  system_->cancel_alarm(found->second.alarm);
  timers_.erase(found);
}

void actor_host::timer_due(std::uint64_t number) {
  const auto found = timers_.find(number);
  if (found == timers_.end())
    return; // cancelled while it waited in the mailbox
  auto& entry = found->second;
  if (entry.period == std::chrono::nanoseconds::zero()) {
    const auto then = std::move(entry.then);
    timers_.erase(found);
    then();
    return;
  }
  // Beats that were missed are left out, rather than made up for all at once.
  const auto now = system_->environment().now();
  entry.at += entry.period * ((now - entry.at) / entry.period + 1);
  entry.alarm = system_->set_alarm(entry.at, weak_from_this(), std::make_unique<timer_job>(number));
  const auto then = entry.then; // a copy: it may cancel its own timer
  then();
}

std::uint64_t actor_host::push_at(steady_time at, std::unique_ptr<host_job> job) {
  return system_->set_alarm(at, weak_from_this(), std::move(job));
}

void actor_host::cancel_push(std::uint64_t alarm) { system_->cancel_alarm(alarm); }

} // namespace troupe::detail
