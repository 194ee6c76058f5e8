// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

namespace troupe::detail {

enum class parentage {
  child,   // of the caller
  sibling, // a child of the caller's parent
};

/// fork(2) for a single-threaded process, with two differences: the new process may become the
/// sibling of the caller, and its end raises no signal in its parent and is not seen by a plain
/// wait(): a user's own SIGCHLD handler and wait() calls never meet our processes.
///
/// Returns 0 in the new process, its pid in the caller, -1 with errno.
pid_t clone_process(parentage p);

/// True when the calling process has one thread.
bool single_threaded();

} // namespace troupe::detail
