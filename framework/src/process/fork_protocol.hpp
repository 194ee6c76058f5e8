// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/descriptor.hpp"
#include "process/session.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::detail {

/// What a supervisor asks of its fork server, one datagram each. The answer is a `fork_reply`.
///
///   supervisor ──fork_request + descriptors──▶ fork server
///   supervisor ◀──────fork_reply────────────── fork server
enum class fork_kind : std::uint32_t {
  child = 1, // a child process; descriptors: segment, introductions, stderr
  exec = 2,  // the same, but executing the program afresh
  spare = 3, // a second fork server that waits on the socket handed over
};

struct fork_request {
  std::uint64_t id = 0;
  fork_kind kind = fork_kind::child;
  std::uint32_t process = 0; // process_id
  std::uint32_t roster_index = 0;
  std::uint32_t heartbeat_ms = 0;
  std::uint32_t spin_us = 0;
  std::uint64_t kept_heap_bytes = 0;
  char name[64] = {};
};

struct fork_reply {
  std::uint64_t id = 0;
  std::int32_t pid = 0;
  std::int32_t error = 0; // errno when pid is negative
};

/// What a new child process knows and owns when it starts.
struct child_start {
  fork_request request;
  descriptor segment;
  descriptor introductions; // socket: the memory shared with other children comes here
  descriptor lifeline;      // pidfd of the supervisor: readable when it has ended
  session* shared = nullptr;
};

/// Runs a child process to its end. Never returns.
using child_body = void (*)(child_start&&);

/// What a fork server is given when it starts.
struct fork_server_start {
  descriptor socket;
  descriptor lifeline;
  session* shared = nullptr;
  std::vector<std::string> command_line; // for fork_kind::exec
  child_body body = nullptr;
  void (*prepare)(session&) = nullptr; // makes, once, what every child inherits
};

/// Serves until the socket closes or the supervisor is gone. Never returns.
/// Nor does an exception: this is a copy of the user's program, in the middle of it.
[[noreturn]] void run_fork_server(fork_server_start start) noexcept;

/// The environment variable by which an executed child or fork server learns what it is.
inline constexpr const char* exec_variable = "TROUPE_EXEC";

} // namespace troupe::detail
