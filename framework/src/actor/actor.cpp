// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/actor.hpp>

#include "actor/actor_environment.hpp"
#include "actor/running_host.hpp"

#include <troupe/detail/actor_system.hpp>
#include <troupe/exceptions.hpp>

#include <utility>

namespace troupe {

namespace {

/// An end that somebody in an actor waits for.
struct end_note final : detail::host_job {
  using then_type = std::function<void(const exit_reason&)>;
  end_note(std::shared_ptr<detail::pending_value<exit_reason>> e, std::uint64_t n, then_type t)
      : end{std::move(e)}, number{n}, then{std::move(t)} {}
  void run(detail::actor_host& host) override {
    host.drop_awaited(number);
    then(end->take());
  }

  std::shared_ptr<detail::pending_value<exit_reason>> end;
  std::uint64_t number;
  then_type then;
};

void when_down(detail::actor_host& host, const actor_ref<actor>& other, end_note::then_type then) {
  if (!other)
    detail::throw_empty_reference();
  auto end = detail::await_end(other.internals());
  auto* waited = end.get();
  const auto number = host.add_awaited(end);
  auto note = std::make_unique<end_note>(end, number, then);
  if (!waited->when_done(host.shared_from_this(), std::move(note)))
    host.push(std::make_unique<end_note>(std::move(end), number, std::move(then)));
}

} // namespace

actor::actor() : host_{detail::constructing_host::take()} {}
actor::~actor() = default;

detail::actor_host& actor::host() const {
  if (!host_)
    throw usage_error("this actor object was not made by spawn: it has no mailbox, timers or monitors");
  return *host_;
}

detail::steady_time actor::clock_now() const { return host().system()->now(); }

self_ref actor::self() const { return self_ref{host().system()->reach(host().address())}; }

void actor::stop(exit_reason reason) { host().end_after_this(std::move(reason)); }

timer actor::start_timer(detail::steady_time at, std::chrono::nanoseconds period, std::function<void()> f) {
  return {host().weak_from_this(), host().set_timer(at, period, std::move(f))};
}

void actor::start_monitor(actor_ref<actor> other, std::function<void(const down&)> f) {
  when_down(host(), other, [other, f = std::move(f)](const exit_reason& reason) { f(down{other, reason}); });
}

void actor::start_link(const actor_ref<actor>& other) {
  host().follow(other.internals());
  detail::request_link(*other.internals(), host());
}

namespace detail {

void throw_bad_period() { throw usage_error("actor::every: the period must be above zero"); }

void actor_host::follow(const std::shared_ptr<endpoint>& other) {
  troupe::when_down(*this, actor_ref<actor>{other}, [this](const exit_reason& reason) {
    if (is_abnormal(reason))
      end_after_this(reason);
  });
}

} // namespace detail

} // namespace troupe
