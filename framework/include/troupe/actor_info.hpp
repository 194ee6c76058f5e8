// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace troupe {

/// What an actor is doing. Its process's own view, a moment ago.
///
///   starting ──▶ idle ──(a message)──▶ ready ──(a thread)──▶ running ──(mailbox empty)──▶ idle
enum class actor_state : std::uint8_t {
  starting,  ///< its constructor or on_start has not returned
  idle,      ///< nothing to do
  ready,     ///< something to do, and no thread for it yet
  running,   ///< in a handler, or between two
  no_answer, ///< its process did not answer: stopped, or busy with something other than its messages
};

/// What is known of one actor: `runtime::actors`.
///
/// Of a process that did not answer there is one such record, of which only `process`, `pid` and `state` say anything.
struct actor_info {
  std::string name;       ///< its name, or "actor PROCESS.NUMBER"
  std::string class_name; ///< of the object; empty while that is being made
  std::string id;         ///< "PROCESS.NUMBER": nobody else's, ever
  std::string supervisor; ///< id of the one that looks after it; empty: nobody does
  std::string process;    ///< name of its process
  pid_t pid = 0;          ///< of its process
  actor_state state = actor_state::idle;
  std::size_t mailbox_length = 0;     ///< messages, timers and answers that wait
  std::uint64_t messages_handled = 0; ///< begun, to be exact
  /// Time in its handlers, also that spent waiting in the middle of one.
  std::chrono::nanoseconds busy{0};
  std::size_t coroutines_waiting = 0; ///< handlers in the middle of a co_await
};

const char* to_string(actor_state state);

} // namespace troupe
