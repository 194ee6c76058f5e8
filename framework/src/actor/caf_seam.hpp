// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/link.hpp"

#include <troupe/detail/mailbox.hpp>
#include <troupe/detail/runner.hpp>

#include <functional>
#include <memory>

namespace troupe::detail {

/// What was found running: jobs that may take any time, and whether one of them is late.
struct jobs_seen {
  bool any = false;
  bool late = false;
};

/// What a scheduler thread has run. Late: another may have taken its place meanwhile.
enum class job_run { none, in_time, late };

/// The CAF actor system of this process, behind an interface without CAF. CAF owns the actors, their
/// mailboxes, monitors and which actor is ready; *threads* are ours: CAF's scheduler module is
/// replaced by one without any, and whoever delivers, waits or polls runs the ready actors through
/// `run_local` and `run_one`.
class caf_seam {
 public:
  /// `wake` is called (any thread) when an actor became ready that no thread at hand may run.
  explicit caf_seam(std::function<void()> wake);
  ~caf_seam();
  caf_seam(const caf_seam&) = delete;
  caf_seam& operator=(const caf_seam&) = delete;

  /// Builds the system that the next seam made in this process will take, or in a process forked from
  /// it: in a fork server, so that no child has to build its own.
  static void prepare();

  mailbox_ref spawn(std::unique_ptr<message_handler> handler, handler_kind kind);

  /// For what has a mailbox of its own: it only takes turns with CAF's actors, on the scheduler's threads.
  runner_ref make_runner(std::shared_ptr<turn_taker> who);

  /// An actor of another process as an ordinary CAF actor here.
  mailbox_ref proxy(process_id process, actor_number number, std::shared_ptr<link> way);

  /// The process is gone: its proxies end, their monitors fire with `exit`.
  void process_ended(process_id process, std::shared_ptr<const process_exit> exit);

  /// Whether there are several scheduler threads that run actors.
  void share(bool several);
  /// Makes the calling thread one of the scheduler's: it may run any actor.
  void enter_scheduler_thread();
  /// It is none any more: what only it could run is left to others.
  void leave_scheduler_thread();

  /// A scheduler thread is about to wait in the middle of a job: what only it could run is left to others. False
  /// for any other thread, which has nothing to end.
  bool begin_wait();
  void end_wait();
  /// The same for one that is in no job, and not needed. `end_rest`: by whoever wakes it.
  void begin_rest();
  void end_rest();
  /// How many scheduler threads run no actors for now: they wait, rest, or their jobs are late.
  std::size_t threads_away() const;

  // Jobs that may take any time, which are those of users, are late when they are found blocked twice, or running ten
  // times; what only their threads could run is left to others then.

  /// `watch` is called (scheduler threads) when one begins and nobody looks after them.
  void on_unwatched_job(std::function<void()> watch);
  bool exchange_watched(bool watched);
  bool is_watched() const;
  /// One thread at a time.
  jobs_seen look_at_jobs();

  /// Runs the ready actors that the calling thread has made ready and may run. True if any.
  bool run_local();

  /// Of these, the bounded ones.
  bool run_bounded();
  /// Runs something that is no actor's: no user's handler is started underneath it.
  job_run run_callback(const std::function<void()>& callback);

  /// Scheduler threads: runs one ready actor.
  job_run run_one();

  /// An actor is ready for a scheduler thread.
  bool has_ready() const;

  struct state;

 private:
  std::unique_ptr<state> state_;
};

} // namespace troupe::detail
