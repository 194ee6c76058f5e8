// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/actor.hpp>
#include <troupe/detail/child_recipe.hpp>
#include <troupe/detail/deadline.hpp>
#include <troupe/exit_reason.hpp>
#include <troupe/supervision_options.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

namespace test {
class stage;
}

namespace detail {
class supervision;
}

/// Starts actors, watches them, and starts them again when they have ended: what OTP calls a supervisor, by its rules.
///
/// Children are started in the order in which they were added, and stopped in reverse. A child that has to be restarted
/// is made anew from the arguments it was added with; references to it stay valid. What it had not answered fails with
/// `actor_down`; what is sent while it is being restarted waits for it. More than `intensity` restarts within `period`
/// and the supervisor stops all children and ends, as one that was stopped; so a supervisor above it restarts it if
/// it is permanent. Each abnormal end, failed restart and giving up is logged on stderr, unless
/// `log` is off.
///
/// A supervisor is itself an actor of the process that made the runtime. This is a handle on it: the one that made it
/// stops it when it goes; handles from `add_supervisor` do not.
///
/// Threads: any; calls wait until the supervisor has done what it was asked, that is until a child has
/// started or ended; `within` bounds that. A handler of one of its own children must not call it: it would wait for
/// itself.
///
/// Example:
///   troupe::supervisor sup{rt, {.strategy = troupe::one_for_one, .intensity = 3, .period = 5s}};
///   auto db = sup.add<database>({.id = "db", .place = troupe::own_process, .shutdown = 2s}, "file.db");
class supervisor {
 public:
  /// Errors: usage_error when an option makes no sense.
  explicit supervisor(runtime& rt, supervisor_options options = {});
  /// The same in a test's simulated world.
  explicit supervisor(test::stage& stage, supervisor_options options = {});
  supervisor(supervisor&& other) noexcept;
  supervisor& operator=(supervisor&& other) noexcept;
  /// Stops the children, the last one first, if this made the supervisor; what `shutdown` says bounds it.
  ~supervisor();

  /// Starts one more child and returns when it has started.
  ///
  /// In: the arguments of A's constructor, which are copied for each restart (and saved for another process).
  /// Errors: what the constructor or on_start throws (it is no child then); usage_error when there is a child of
  /// that id, or the spec makes no sense; spawn_error; actor_down when the supervisor has ended.
  template <class A, class... Args>
  actor_ref<A> add(child_spec spec, Args&&... args) {
    return actor_ref<A>{add_child(std::move(spec), detail::recipe_for<A>(std::forward<Args>(args)...))};
  }
  /// A supervisor under this one, in this process. Restart: its children are started anew, from the first to the
  /// last, and references to them stay valid.
  supervisor add_supervisor(child_spec spec, supervisor_options options = {});

  /// A handle whose calls wait at most this long: `sup.within(2s).add<database>(…)`. It does not stop the supervisor when
  /// it goes. What the supervisor has not begun when a call's time is over it leaves; what it has begun it
  /// completes, and `children` or `on_event` tell. Errors of the calls: also timeout_error, which says which of the two.
  template <class Rep, class Period>
  supervisor within(std::chrono::duration<Rep, Period> longest) const {
    return limited_to(detail::in_nanoseconds(longest));
  }

  /// Stops a child, which stays known. Errors, here and below: usage_error when there is none of that id.
  void stop(const std::string& id);
  /// Starts a child again that has ended or was stopped. Errors: usage_error when it has not; as `add`.
  void restart(const std::string& id);
  /// Forgets a child that has ended or was stopped. Errors: usage_error when it has not.
  void remove(const std::string& id);

  /// In the order of their start.
  std::vector<child_info> children() const;

  /// Has `f` told of what happens from now on. It is called by the supervisor, between two steps: it must not take long,
  /// nor wait for other actors. What it throws is logged. A supervisor above hears of those below, too, each of which
  /// calls from its own steps: two of them may call `f` at once. It hears of the stops at the end, too: what it refers to
  /// lives longer than the supervisor, and is declared before it.
  void on_event(std::function<void(const supervision_event&)> f);

  /// Waits until the supervisor has ended: it was stopped, gave up, or its significant children have ended.
  exit_reason wait() const;
  /// The same, at most this long; nothing when it goes on.
  template <class Rep, class Period>
  std::optional<exit_reason> wait(std::chrono::duration<Rep, Period> timeout) const {
    return wait_until(detail::deadline_after(timeout, clock_now()));
  }

  /// Stops the children, the last one first, and the supervisor. Nothing happens when it has ended.
  void stop();

 private:
  explicit supervisor(std::shared_ptr<detail::supervision> tree) : tree_{std::move(tree)} {}
  supervisor limited_to(std::chrono::nanoseconds longest) const;
  std::shared_ptr<detail::endpoint> add_child(child_spec spec, detail::child_recipe recipe);
  std::optional<exit_reason> wait_until(detail::steady_time deadline) const;
  detail::steady_time clock_now() const;
  detail::supervision& tree() const;

  std::shared_ptr<detail::supervision> tree_; // null when moved from
};

} // namespace troupe
