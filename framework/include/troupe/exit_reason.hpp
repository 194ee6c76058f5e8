// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace troupe {

/// Why an actor ended. Wire values: stable; never renumber.
enum class exit_kind : std::uint8_t {
  normal = 0,       ///< it had done its work
  stopped = 1,      ///< somebody asked it to: a supervisor, `actor_ref::stop`, the end of the runtime
  exception = 2,    ///< a handler threw and nobody waited for its answer
  process_lost = 3, ///< its process exited or was killed
  hung = 4,         ///< its process had stopped answering and was killed for that
  gone = 5,         ///< it had ended before, and nobody remembers why
};

/// Why an actor ended, and what is known of it. A value; sendable.
struct exit_reason {
  exit_kind kind = exit_kind::normal;
  std::string text{};             ///< of an exception: its type and what(); of others: may be empty
  std::optional<int> signal{};    ///< process_lost: what killed the process
  std::optional<int> exit_code{}; ///< process_lost: how it exited
  pid_t pid = 0;                  ///< process_lost, hung: the process
  /// exception: the message whose handler threw, as "shop::counter::add". process_lost, hung: the last that any actor of
  /// the process was sent from another one and had begun with. Empty when that is not known.
  std::string last_message{};

  bool operator==(const exit_reason&) const = default;
};

/// An exception, or the loss of the process: what a supervisor restarts a transient child for, and what crosses links.
bool is_abnormal(const exit_reason& reason);

/// "normal", "exception: std::out_of_range: no such row", "process 4711 killed by SIGKILL".
std::string to_string(const exit_reason& reason);

} // namespace troupe
