// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/actor.hpp>
#include <troupe/detail/acting_system.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// Tests of actor programs that always go the same way.

namespace troupe::detail {
class stage_world;
}

namespace troupe::test {

/// A process of a stage, by its number: 0 is that in which the test itself acts. A value.
class simulated_process {
 public:
  constexpr explicit simulated_process(std::uint32_t number) : number_{number} {}
  /// That of an actor: `s.kill(ref)`.
  /// Errors: usage_error when the reference is empty; actor_down when it is supervised and just not there.
  template <class A>
  simulated_process(const actor_ref<A>& actor) // NOLINT: it stands for it
      : number_{detail::process_now(actor.internals())} {}

  constexpr std::uint32_t number() const { return number_; }
  constexpr bool operator==(const simulated_process&) const = default;

 private:
  std::uint32_t number_;
};

/// The process of the test, and of actors that are spawned without a place.
inline constexpr simulated_process test_process{0};

/// What lies between two processes of a stage; both directions of it. `s.cut({here, there})`.
struct link {
  simulated_process one;
  simulated_process other;
};

/// Runs actors, their timers, and whole processes of them, simulated, on the thread that makes it, in virtual time:
/// without a runtime, without waiting, and each time in the same way.
///
/// **What the seed decides**: which of all that could happen next does: which actor, of those that have something to do,
/// handles its next message; which link delivers its next message to another process; whether a process gets to start
/// what it was asked to. How long messages take on a link that was given a range, and what a killed process has managed
/// to send. Another seed is another interleaving, of those that the framework allows.
///
/// **What no seed changes**: messages from one sender to one actor arrive in the order in which they were sent, and so do
/// all from one process to another, its end last. A mailbox is emptied from the front. Time stands still while there
/// is anything to do, so work takes no time; timers of the same moment ring before anything that they cause.
///
/// **Processes**: `spawn` with `own_process` makes one, as a runtime does. What goes there is encoded and decoded;
/// it ends with its last actor; the others learn of it after the last message that it had sent. It has no memory
/// of its own: what is static or shared in the program is shared by all.
///
/// **Waiting**: `get()` and other calls that wait, in the test or in a handler, run the stage until what they wait for is
/// there, and move the time if need be; when the deadline comes first, the wait is over before anything else of that
/// moment happens. A wait that can never end throws usage_error, which says what is left. Waits are on one stack: one
/// that begins inside a handler ends before those that have begun earlier go on. Two handlers that block, and of which the
/// earlier one must go on first, are reported in the same way: let one of them `co_await`.
///
/// While it lives, its thread acts on the stage also where the program says `runtime::spawn` or `find`. A runtime may be
/// there; its actors are none of the stage's.
///
/// Threads: the one that made it; another that waits for an actor of the stage gets usage_error. One is alive per thread.
///
/// Example:
///   troupe::test::stage s{seed};
///   auto c = s.spawn<counter>({.place = troupe::own_process}, 5);
///   c.tell<&counter::add>(3);
///   s.kill(c);
///   REQUIRE_THROWS_AS(c.ask<&counter::total>().get(), troupe::actor_down);
///   REQUIRE(s.leftovers().empty());
class stage {
 public:
  /// Errors: usage_error when this thread has one already.
  explicit stage(std::uint64_t seed = 1);
  template <std::integral Seed>
  explicit stage(Seed seed) : stage{static_cast<std::uint64_t>(seed)} {}
  /// Ends all processes in order, the youngest first, as a runtime does. When an exception destroys it (a REQUIRE that
  /// does not hold, say), it prints its seed on stderr.
  ~stage();
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  // ---- actors

  /// Starts an actor in the process of the test; `runtime::spawn` says more.
  template <class A, class... Args>
  requires(!detail::begins_with_options<Args...>) actor_ref<A> spawn(Args&&... args) {
    const detail::acting_system of_test{internals()};
    return detail::spawn_here<A>({}, std::forward<Args>(args)...);
  }
  /// With `own_process` or `beside`: in a simulated process. Runs the stage until the actor has started.
  template <class A, class... Args>
  actor_ref<A> spawn(spawn_options options, Args&&... args) {
    const detail::acting_system of_test{internals()};
    return detail::spawn_anywhere<A>(std::move(options), std::forward<Args>(args)...);
  }
  /// The actor of that name, in whichever process; an empty reference when there is none.
  template <class A>
  actor_ref<A> find(const std::string& name) const {
    return actor_ref<A>{internals()->find(name)};
  }

  // ---- running

  /// One step: an actor handles one message (or timer, or news of an end), a link delivers one, a process starts one
  /// actor. False when there is nothing to do at this moment.
  bool run_one();
  /// Until there is nothing to do at this moment. Returns the number of steps.
  /// Errors: usage_error when there are more than `limit_steps` allows.
  std::size_t run_until_idle();
  /// Until `done()`, which is called after each step. False when there is nothing left to do before; time stands still.
  bool run_until(const std::function<bool()>& done);
  /// The same, for this much virtual time at most.
  template <class Rep, class Period>
  bool run_until(const std::function<bool()>& done, std::chrono::duration<Rep, Period> timeout) {
    return run_until_time(done, detail::deadline_after(timeout, clock()));
  }
  /// Lets so much virtual time go by: from one moment at which something becomes due (a timer, a delayed message) to
  /// the next, and at each until there is nothing to do. Errors: as `run_until_idle`.
  template <class Rep, class Period>
  void advance(std::chrono::duration<Rep, Period> time) {
    advance_to(detail::deadline_after(time, clock()));
  }
  /// Calls `f` in so much virtual time, as the test: what a test wants to do while it waits.
  template <class Rep, class Period>
  void after(std::chrono::duration<Rep, Period> delay, std::function<void()> f) {
    call_at(detail::deadline_after(delay, clock()), std::move(f));
  }
  /// Virtual time since the stage was made.
  std::chrono::nanoseconds now() const;

  // ---- faults

  /// The process ends by SIGKILL, or another signal. Nothing of it runs any more: its objects are destroyed without
  /// `on_stop`, and what their destructors send goes nowhere. Of what it had sent, messages that are still under way
  /// arrive, or, as the seed decides, some of the last on each link do not. Then the others learn of its end.
  ///
  /// A process whose code is waiting on the stack, or that kills itself, is silent at once, and goes when that code
  /// has returned; its waits throw `stopped`. Nothing happens to a process that has ended.
  /// Errors: usage_error for process 0.
  void kill(simulated_process process, int signal = 9);
  /// The same, for a process that had stopped answering: `exit_kind::hung`.
  void hang(simulated_process process);
  /// The process exits with this code, without further ado: the same, with `exit_reason::exit_code`.
  void exit(simulated_process process, int code);
  /// Nothing of it runs until `thaw`, as if it were stopped by a signal; what it is sent waits. Nobody is told.
  void freeze(simulated_process process);
  void thaw(simulated_process process);

  /// Messages wait, in both directions, until `heal`; none is lost, and nobody is told. The end of a process gets known
  /// all the same: what it had sent, and the link still holds, is lost then.
  /// Errors: usage_error when both are one process.
  void cut(link between);
  void cut(simulated_process one, simulated_process other) { cut(link{one, other}); }
  /// Only what `from` sends waits.
  void cut_one_way(simulated_process from, simulated_process to);
  void heal(link between);
  void heal(simulated_process one, simulated_process other) { heal(link{one, other}); }
  /// How long each message takes, in either direction, from now on: something between the two, by the seed. At first:
  /// no time. No message overtakes another of its direction.
  template <class Rep, class Period>
  void delay(link between, std::chrono::duration<Rep, Period> takes) {
    delay(between, takes, takes);
  }
  template <class Rep1, class Period1, class Rep2, class Period2>
  void delay(link between, std::chrono::duration<Rep1, Period1> shortest,
             std::chrono::duration<Rep2, Period2> longest) {
    set_delay(between, std::chrono::ceil<std::chrono::nanoseconds>(shortest),
              std::chrono::ceil<std::chrono::nanoseconds>(longest));
  }

  // ---- looking

  /// Where an actor is.
  template <class A>
  simulated_process process_of(const actor_ref<A>& actor) const {
    return simulated_process{actor};
  }
  /// Those that have not ended; that of the test is always the first.
  std::vector<simulated_process> processes() const;
  bool is_alive(simulated_process process) const;
  /// All that a test should not leave behind, one readable line each: processes but that of the test, actors, questions
  /// to other processes that nobody has answered, timers, messages under way. Empty when there is nothing of that.
  std::vector<std::string> leftovers() const;
  /// Has `f` told of each step, before it is done, in a line: "1000000 ns: bank handles a message". The same seed, the
  /// same lines.
  void on_step(std::function<void(const std::string&)> f);
  std::uint64_t steps() const;
  /// How many steps one call may run the stage for: the end of actors that never fall silent. At first: a million.
  void limit_steps(std::size_t most);

  std::uint64_t seed() const;
  /// A number below `bound`, for what a test itself decides by the seed. It has no influence on what the stage decides.
  /// Errors: usage_error when `bound` is 0.
  std::uint64_t random(std::uint64_t bound);

  /// For the framework: the actor system of the test's process.
  const std::shared_ptr<detail::actor_system>& internals() const;

 private:
  friend void each_seed(std::size_t count, const std::function<void(stage&)>& f);
  struct state;

  detail::steady_time clock() const;
  bool run_until_time(const std::function<bool()>& done, detail::steady_time deadline);
  void advance_to(detail::steady_time target);
  void call_at(detail::steady_time at, std::function<void()> f);
  void set_delay(link between, std::chrono::nanoseconds shortest, std::chrono::nanoseconds longest);

  std::unique_ptr<state> state_;
};

/// Calls `f` with a stage for each of the seeds 1 to `count`. When it throws, prints "failed with seed N; repeat with
/// TROUPE_SEED=N" on stderr, and throws the same; so prefer REQUIRE to CHECK in it. With TROUPE_SEED in the environment:
/// that seed only.
///
/// Errors: what `f` throws; usage_error when TROUPE_SEED is no number.
/// Example: `each_seed(1000, [](troupe::test::stage& s) { … });`
void each_seed(std::size_t count, const std::function<void(stage&)>& f);

} // namespace troupe::test
