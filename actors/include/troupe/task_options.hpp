// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/callable.hpp>
#include <troupe/forever.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace troupe {

/// How far a call has come.
struct progress {
  std::size_t done = 0;   ///< items with an outcome
  std::size_t failed = 0; ///< of these, failures
  std::size_t total = 0;  ///< items known so far; grows while `imap` reads its range
};

/// How the items of one call are run. Each field: default, meaning, cost.
struct task_options {
  /// Times an item is run again after it threw.
  int retries = 0;
  /// Times an item is run again after the worker that ran it died. The item must bear being begun twice.
  int crash_retries = 0;
  /// Items per message to a worker; 0: chosen from the measured time of a task. Larger: less overhead per
  /// item, coarser sharing between workers.
  std::size_t chunk = 0;
  /// Items that `imap` has read from its range and not yet handed out, at most; 0: 16 per worker, and up to
  /// 512 while tasks are so quick that the consumer would starve with fewer.
  std::size_t window = 0;
  /// Called on a scheduler thread as items end, one call at a time; several ends may be told in one call, the
  /// last always is, before the call's handle resolves or `imap` tells its end. After an `imap` has gone it is not
  /// called any more. What it throws is logged. It may call the pool, but must not wait for a call that has a progress
  /// function too.
  std::function<void(const progress&)> on_progress = {};
};

/// How a pool works.
struct pool_options {
  /// Worker processes; 0: cpu_count().
  unsigned processes = 0;
  /// Run once in each worker before its first task, also in replacements. What it throws is thrown by the
  /// pool's constructor; in a replacement it is tried again a few times and then fails the pool.
  callable initializer = {};
  /// Defaults for every call; `pool::with` gives others.
  task_options tasks = {};
  /// How long the constructor waits for the initializer to have run in all workers; then it throws timeout_error, and
  /// they are ended.
  std::chrono::nanoseconds start_timeout = forever;
};

enum class worker_state {
  starting, ///< its process was asked for, or its initializer runs
  idle,     ///< ready, nothing to do
  busy,     ///< has tasks
  dead,     ///< has ended; a replacement takes its place
};

/// One place in a pool's crew, and the process that fills it now.
struct worker_info {
  std::string name;
  pid_t pid = 0; ///< while a replacement starts, still that of the process before
  worker_state state = worker_state::starting;
  std::size_t tasks_done = 0;  ///< of all processes that filled the place
  int restarts = 0;            ///< replacements so far
  std::size_t rss_bytes = 0;   ///< resident memory now
  double seconds_busy = 0;     ///< running tasks
  double seconds_waiting = 0;  ///< ready, without a task
  double seconds_starting = 0; ///< from the request for a process to its readiness
};

} // namespace troupe
