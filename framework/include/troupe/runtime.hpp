// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/actor_info.hpp>
#include <troupe/forever.hpp>
#include <troupe/spawn_options.hpp>

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

namespace detail {
class node;
class dump_signal;
class trace_switch;
} // namespace detail

/// Where worker processes come from.
enum class start_method {
  fork_server, ///< copies of a process that was forked before this one had a second thread: cheap
  spawn,       ///< the program executed afresh: slower, shares nothing with this process
};

/// How a runtime works. Each field: default, meaning, cost.
struct runtime_options {
  start_method start = start_method::fork_server;
  /// Threads that run actors in this process. More than one only pays with many busy actors: for handlers that block,
  /// or compute for longer than 200 ms, there are others.
  std::size_t scheduler_threads = 1;
  /// How long an idle thread polls before it parks. Longer: quicker replies, more CPU. After a large payload it polls
  /// longer, by the time of a copy: 0.2 ns a byte, at most 1 ms. Zero: never.
  std::chrono::microseconds spin{50};
  /// What a child process gets to end in order, each; then SIGKILL.
  std::chrono::milliseconds shutdown_timeout{5000};
  /// Every so often a child process shows that it is not stopped; one that is silent for five of them
  /// is killed. Zero: off. At most a day.
  std::chrono::milliseconds heartbeat{1000};
  /// Freed memory, up to this much, stays with this process and its workers for reuse, also of large blocks
  /// (glibc's mallopt): getting pages afresh from the system costs more than filling them, for every large
  /// result. Zero: malloc of this process is left as it is.
  std::size_t kept_heap_bytes = std::size_t{256} << 20;
  /// Has the program write `dump_actors` to stderr: `kill -USR1 PID`. A handler is installed for it, and taken away at
  /// the end of the runtime, if the signal would otherwise end the program (SIG_DFL); workers keep that. 0: none.
  int dump_signal = SIGUSR1;
};

enum class process_state { starting, running, ended };

/// What is known of a process of this runtime.
struct process_info {
  std::string name;
  pid_t pid = 0;
  process_state state = process_state::running;
  std::vector<std::string> hosts; ///< the actors it runs, as far as they have names; `actors()` knows all
};

/// Makes this program ready to start worker processes. Optional; call it first thing in `main` when the
/// runtime is made later, from a program that has threads by then (a test runner, say).
///
/// In a process that was executed as a worker (`start_method::spawn`) it never returns.
/// Errors: usage_error when the process already has more than one thread; spawn_error.
/// Threads: the main thread, before any other is started.
void init(int argc, char** argv);

/// The actors, worker processes and shared memory of a program. One is alive per process at a time.
///
/// Under `start_method::fork_server`, what `main` did before is inherited by workers and not run again
/// (unless both fork servers were killed: a new one is then the program executed afresh); under `spawn`, a
/// worker runs `main` up to this constructor.
///
/// The destructor stops the children in reverse order of their start, each within `shutdown_timeout`,
/// and leaves no process, no descriptor and no shared memory. It waits for handlers that run in this process, because
/// threads cannot be ended; one that has not returned after `shutdown_timeout` is named on stderr.
///
/// Errors: usage_error when one is alive already, or the process has threads and `init` was not called;
/// spawn_error when the system has no processes, descriptors or memory left.
/// Example: `int main(int argc, char** argv) { troupe::runtime rt{argc, argv}; … }`
class runtime {
 public:
  runtime(int argc, char** argv, runtime_options options = {});
  ~runtime();
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  /// The one alive. Errors: usage_error if there is none.
  static runtime& current();

  /// Starts an actor in this process and returns when its constructor and on_start have run.
  ///
  /// Errors: what these throw; usage_error when the name is taken. Any thread.
  /// Example: `auto c = rt.spawn<counter>(5);`. Include troupe/actor.hpp.
  template <class A, class... Args>
  requires(!detail::begins_with_options<Args...>) actor_ref<A> spawn(Args&&... args);
  /// The same with a name, a mailbox's bound, or in another process: `rt.spawn<counter>({.place = own_process}, 5)`.
  /// Errors: also spawn_error; actor_down when that process ends before the actor has started; timeout_error, see
  /// `spawn_options::start_timeout`.
  template <class A, class... Args>
  actor_ref<A> spawn(spawn_options options, Args&&... args);

  /// The actor of that name, in whichever process; an empty reference when there is none now.
  ///
  /// Errors: timeout_error, in a worker whose question the runtime's own process does not answer in time.
  template <class A>
  actor_ref<A> find(const std::string& name, std::chrono::nanoseconds timeout = forever) const;

  /// Child processes that have not ended. Any thread.
  std::vector<process_info> active_children() const;

  /// The actors of all its processes: what they do, what waits for them, what they have done.
  ///
  /// A process that does not answer in time (it is stopped; or runs a function or a long handler, and delivers nothing
  /// meanwhile) stands there as one record with `actor_state::no_answer`.
  /// Threads: any; waits for the slowest process, but not longer than `timeout`.
  std::vector<actor_info> actors(std::chrono::milliseconds timeout = std::chrono::seconds{1}) const;

  /// The same as a table for people to read.
  void dump_actors(std::ostream& out, std::chrono::milliseconds timeout = std::chrono::seconds{1}) const;

  /// Records every message that an actor of any process handles, until `stop_trace`, into a file in Chrome's trace event
  /// format: load it in Perfetto (ui.perfetto.dev) or chrome://tracing. Each event has the member's name, how long it
  /// took, and the actor's name. `TROUPE_TRACE=file.json` in the environment does this for the whole life of a runtime.
  ///
  /// Costs: nothing to speak of when off, about a microsecond per message when on.
  /// Errors: usage_error when a trace is running, or the file cannot be made; what was there is overwritten.
  /// Limits: what is still being handled when the trace ends is left out; a process that is killed, or calls exit, takes
  /// the events that it had not yet written along.
  void start_trace(const std::string& file);
  /// Completes the file. Nothing happens when no trace is running. Errors: usage_error when it cannot be written.
  /// Threads: any; waits for the processes to write what they have, but for no longer than a second.
  void stop_trace();

  const runtime_options& options() const { return options_; }

 private:
  friend class detail::node;
  void leave_to_original();
  runtime_options options_;
  std::unique_ptr<detail::node> node_;
  std::unique_ptr<detail::trace_switch> trace_;
  std::unique_ptr<detail::dump_signal> dump_;
};

/// Processors this process may use: its affinity, bounded by the CPU quota of its cgroup. At least 1.
unsigned cpu_count();

} // namespace troupe
