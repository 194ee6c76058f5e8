// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "pool/job.hpp"
#include "pool/wire.hpp"
#include "pool/worker_actor.hpp"

#include <troupe/detail/child.hpp>
#include <troupe/failure.hpp>
#include <troupe/task_options.hpp>

#include <sys/types.h>

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace troupe::detail {

/// A chunk that was given to a worker.
struct chunk {
  std::uint64_t number = 0;
  job* owner = nullptr; // lives while it has items in flight
  slice items;
  std::size_t received = 0; // results so far; they come in order
};

/// One place in a pool's crew: the worker process that fills it now, and what it was given.
///
///   starting ──(ready)──▶ ready ──(its process ends)──▶ gone ──(a replacement is asked for)──▶ starting
struct worker_place {
  enum class phase { starting, ready, gone };
  using clock = std::chrono::steady_clock;

  unsigned index = 0;
  phase now = phase::starting;
  child process;    // empty until it was started
  std::string name; // its own; that of the one before, for as long as `process` is empty; and so the pid
  pid_t pid = 0;
  mailbox_ref actor; // of the worker, in its process
  std::deque<chunk> given;
  std::uint64_t next_number = 1;
  std::optional<failure> unfit; // what its initializer threw
  bool unsent = false;          // frames were written and not flushed
  int short_lives = 0;          // ends in a row outside any task, soon after being ready
  bool silent = false;          // no results have come since the pool last looked

  std::size_t tasks_done = 0;
  int restarts = 0;
  clock::duration busy{};      // as the worker measured
  clock::duration ready_for{}; // of earlier processes in this place
  clock::duration starting_for{};
  clock::time_point since = clock::now(); // of the present phase

  bool alive() const { return now != phase::gone && process; }
  void enter(phase next);
  worker_info info() const;

  /// Takes a chunk of `given` back if the worker has not begun it.
  std::optional<chunk> take_back(std::size_t place);
  std::optional<chunk> take_back_last() { return take_back(given.size() - 1); }

  worker_box& box() const { return box_in(process.black_box()); }
};

/// Results that lie in the slate of a worker.
struct slate_content {
  std::span<const std::byte> bytes;
  bool open = false;            // its last group was not closed: the header says nothing
  std::size_t open_at = 0;      // where that begins
  std::uint32_t open_count = 0; // and its results
  bool running = false;         // it is, or died, inside a task
};
/// Of a dead worker.
slate_content read_slate(const worker_box& box);
/// Of one that lives; the bytes are in `copy` then. Nothing when it was wiped meanwhile.
std::optional<slate_content> read_slate_in_use(const worker_box& box, std::vector<std::byte>& copy);

} // namespace troupe::detail
