// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/exit_reason.hpp>

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe::detail {

/// How one of the last actors of a process ended before it did.
struct last_end {
  std::uint32_t actor = 0; // number
  exit_reason reason;
};

/// How a child process ended, and what is known of why.
struct process_exit {
  pid_t pid = 0;
  std::string name;
  std::optional<int> code; // empty when a signal ended it, or when somebody else reaped it
  std::optional<int> signal;
  std::size_t peak_memory_bytes = 0;
  bool in_order = false; // it had nothing left to do, or was asked to end; not by an exit in the middle
  int start_error = 0;   // errno of what it could not have and so ended before it ran anything; 0: it ran
  bool out_of_memory = false;     // the kernel's OOM killer was at work when it was killed
  bool hung = false;              // we killed it: its heartbeat had stopped
  std::uint32_t last_message = 0; // of an actor: 1 + its index in the code table; 0: none. Not to be trusted
  std::string garbage;            // we killed it: what was wrong with what it sent
  std::string stderr_tail;        // the last lines it wrote to stderr
  std::vector<last_end>
      last_ends; // in_order: of its typed actors. Who asks for one may have come too late for it
};

} // namespace troupe::detail
