// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <atomic>

namespace troupe::detail {

enum class parentage {
  child,   // of the caller
  sibling, // a child of the caller's parent
};

/// fork(2) for a single-threaded process, with two differences: the new process may become the
/// sibling of the caller, and its end raises no signal in its parent and is not seen by a plain
/// wait(): a user's own SIGCHLD handler and wait() calls never meet our processes. (The system sets the
/// signal back to SIGCHLD when such a process executes a program: `start_method::spawn`.)
///
/// `pid_place` gets the new pid before the new process runs, in the same system call: in shared memory it
/// tells of a child even when the caller is killed before it can.
///
/// Returns 0 in the new process, its pid in the caller, -1 with errno.
pid_t clone_process(parentage p, std::atomic<pid_t>* pid_place = nullptr);

/// True when the calling process has one thread.
bool single_threaded();

} // namespace troupe::detail
