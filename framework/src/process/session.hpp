// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/doorbell.hpp"
#include "link/shared_mapping.hpp"
#include "process/trace_page.hpp"

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <span>

namespace troupe::detail {

/// One living process of a runtime, seen by all others.
struct roster_entry {
  doorbell bell;                       // rung by whoever has put something into one of its rings
  std::atomic<pid_t> pid{0};           // written by the supervisor; 0: entry is free
  std::atomic<std::uint32_t> awake{0}; // written by the process itself: it is not parked
};

/// Memory shared by a supervisor, its fork servers and all its children.
struct session_page {
  static constexpr std::size_t roster_size = 1024;

  unsigned cpus = 1;                         // constant once there are children
  std::atomic<std::uint32_t> roster_used{1}; // entries ever used, for scans
  std::atomic<pid_t> spare_pid{0};           // written by the kernel, in the clone call; 0 by the supervisor
  std::array<roster_entry, roster_size> roster{}; // 0 is the supervisor
  trace_page trace;                               // written by the supervisor
};

/// Owns the session's memory: the page above and the region of the code table.
class session {
 public:
  static constexpr std::size_t code_bytes = 256 << 10;
  static constexpr std::size_t code_at = 256 << 10; // behind the page

  static session create();
  static session open(descriptor fd);

  session_page& page() const { return *reinterpret_cast<session_page*>(mapping_.data()); }
  std::span<std::byte> code_region() const { return {mapping_.data() + code_at, code_bytes}; }
  int fd() const { return mapping_.fd(); }

  /// In a child: it reads the code table, never writes it.
  void protect_code_region() const;

 private:
  explicit session(shared_mapping mapping) : mapping_{std::move(mapping)} {}
  shared_mapping mapping_;
};

/// Takes a free roster entry; 0 when all are taken. Supervisor only.
std::uint32_t take_roster_entry(session_page& page);

/// Processes of this session that are not parked. A hint for how much to spin.
unsigned awake_count(const session_page& page);

} // namespace troupe::detail
