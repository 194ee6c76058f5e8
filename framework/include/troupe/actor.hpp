// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/actor_ref.hpp>
#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/job_function.hpp>
#include <troupe/detail/spawn.hpp>
#include <troupe/exit_reason.hpp>
#include <troupe/promise.hpp>
#include <troupe/reply.hpp>
#include <troupe/runtime.hpp>
#include <troupe/self_ref.hpp>
#include <troupe/spawn_options.hpp>
#include <troupe/task.hpp>
#include <troupe/timer.hpp>
#include <troupe/topic.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace troupe {

/// What a monitor is told.
struct down {
  actor_ref<actor> ref;
  exit_reason reason;
};

/// The base of every actor: an object whose members are called by messages, one at a time, whoever sends them.
///
/// Write an ordinary class; its public members are its messages. What they may do: anything. One that blocks keeps a
/// thread, and the other actors of the process for some 20 ms (one that computes, 200 ms), after which another thread runs
/// them. `task<R>` members can wait without that.
///
/// An exception that leaves a handler is the answer of whoever asked; when nobody did, it ends this actor, and
/// monitors and supervisors learn of it. It harms neither the process nor the sender.
///
/// The members below are for the actor itself. Threads: its own; in its constructor and `on_start`, that of
/// whoever spawns it.
class actor {
 public:
  virtual ~actor();
  actor(const actor&) = delete;
  actor& operator=(const actor&) = delete;

 protected:
  actor();

  /// Called before the first message. What it throws is thrown by `spawn`.
  virtual void on_start() {}
  /// Called once, after the last message. What it throws is logged.
  virtual void on_stop(const exit_reason&) {}

  self_ref self() const;

  /// Ends this actor after the current message; what waits in its mailbox is refused.
  void stop(exit_reason reason = {});

  /// Calls `f` in this much time, once; or again and again. `f` may be a coroutine: `task<void>`.
  /// Units: any duration; as exact as the system's clock.
  template <class Rep, class Period, class F>
  timer after(std::chrono::duration<Rep, Period> delay, F f) {
    return start_timer(detail::deadline_after(delay, clock_now()), {}, detail::job_function(std::move(f)));
  }
  template <class Rep, class Period, class F>
  timer every(std::chrono::duration<Rep, Period> period, F f) {
    return start_timer(detail::deadline_after(period, clock_now()), detail::checked_period(period),
                       detail::job_function(std::move(f)));
  }
  /// In a coroutine: `co_await after(10ms)`.
  template <class Rep, class Period>
  auto after(std::chrono::duration<Rep, Period> delay) {
    return detail::pause{detail::deadline_after(delay, clock_now())};
  }

  /// Has `f` called with a `down` when the other has ended, once; soon, if it has already. Not when this actor ends before.
  /// `f` may be a coroutine.
  template <class A, class F>
  void monitor(const actor_ref<A>& other, F f) {
    start_monitor(other, detail::job_function<down>(std::move(f)));
  }
  /// The abnormal end of either ends the other, for the same reason.
  template <class A>
  void link(const actor_ref<A>& other) {
    start_link(other);
  }

  /// As `runtime::spawn`; `this_process` is that of this actor.
  template <class A, class... Args>
  requires(!detail::begins_with_options<Args...>) actor_ref<A> spawn(Args&&... args) {
    return detail::spawn_here<A>({}, std::forward<Args>(args)...);
  }
  template <class A, class... Args>
  actor_ref<A> spawn(spawn_options options, Args&&... args) {
    return detail::spawn_anywhere<A>(std::move(options), std::forward<Args>(args)...);
  }
  /// As `runtime::find`.
  template <class A>
  actor_ref<A> find(const std::string& name, std::chrono::nanoseconds timeout = forever) const {
    return detail::find_actor<A>(name, timeout);
  }

 private:
  friend class detail::actor_host;

  detail::actor_host& host() const;
  detail::steady_time clock_now() const;
  timer start_timer(detail::steady_time at, std::chrono::nanoseconds period, std::function<void()> f);
  void start_monitor(actor_ref<actor> other, std::function<void(const down&)> f);
  void start_link(const actor_ref<actor>& other);

  detail::actor_host* host_ = nullptr; // outlives it; null in an object that was not spawned
};

template <class A, class... Args>
requires(!detail::begins_with_options<Args...>) actor_ref<A> runtime::spawn(Args&&... args) {
  return detail::spawn_here<A>({}, std::forward<Args>(args)...);
}
template <class A, class... Args>
actor_ref<A> runtime::spawn(spawn_options options, Args&&... args) {
  return detail::spawn_anywhere<A>(std::move(options), std::forward<Args>(args)...);
}
template <class A>
actor_ref<A> runtime::find(const std::string& name, std::chrono::nanoseconds timeout) const {
  return detail::find_actor<A>(name, timeout);
}

} // namespace troupe
