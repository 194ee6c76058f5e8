// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/descriptor.hpp"

#include <sys/types.h>

#include <cstddef>
#include <optional>

namespace troupe::detail {

/// Errors: spawn_error.
descriptor open_pidfd(pid_t pid);

/// How a child ended, as the kernel tells it.
struct exit_status {
  std::optional<int> code;
  std::optional<int> signal;
  std::size_t peak_memory_bytes = 0;
};

/// A child has been stopped by a signal, and has not been told to go on.
bool is_stopped(int pidfd);

/// Collects a child that has ended; waits for it if it has not. Empty when it is no child of ours any
/// more (the program reaped it with a wait of its own).
std::optional<exit_status> reap(int pidfd);

} // namespace troupe::detail
