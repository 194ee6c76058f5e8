// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "process/fork_protocol.hpp"

#include <csignal>
#include <optional>
#include <string>
#include <vector>

namespace troupe::detail {

/// Executes this program afresh as the given child (`start_method::spawn`). What the new image needs
/// travels as inherited descriptors, named in one environment variable that it removes at once.
/// Called in a single-threaded process; ends it with status 127 when the program cannot be executed.
[[noreturn]] void exec_child(child_start& child, const std::vector<std::string>& command_line);

/// Starts this program afresh as a fork server; for when all fork servers are gone and the supervisor
/// has threads. Returns its pid, or -1 with errno.
pid_t exec_fork_server(int socket, int session_fd, int lifeline, const sigset_t& signal_mask,
                       const std::vector<std::string>& command_line);

/// What this image was executed for.
struct exec_role {
  bool fork_server = false;
  descriptor socket; // of the fork server
  descriptor session;
  descriptor segment;
  descriptor introductions;
  descriptor lifeline;
  fork_request request;
};

/// Reads and removes the environment variable. Empty in a program started by anybody else.
std::optional<exec_role> take_exec_role();

/// The words of /proc/self/cmdline.
std::vector<std::string> own_command_line();

} // namespace troupe::detail
