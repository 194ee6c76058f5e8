// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/bulk_area.hpp"
#include "link/ring.hpp"
#include "link/shared_mapping.hpp"

#include <span>

namespace troupe::detail {

/// What a child process shows of itself, in memory its supervisor reads at any time and after its
/// death. Written by the child.
struct child_page {
  alignas(64) std::atomic<std::uint64_t> heartbeat{0}; // control thread: +1 per interval
  std::atomic<bool> ended_in_order{false};             // main thread: its last word
  std::atomic<int> start_error{0};                     // main thread: see process_exit
  std::atomic<std::uint32_t> last_message{0};          // threads that run actors: see process_exit
};

/// The two directions of a link: between a supervisor and its child, or between two children, of which that with
/// the lower number is above.
enum class direction { down, up };

/// The memory that two processes share: for a supervisor and its child, the child's page, its black box, a ring and a
/// bulk area in each direction. One anonymous file, sparse.
///
///   [child_page][black box][ring down][ring up][bulk down][bulk up]
class segment {
 public:
  static constexpr std::size_t ring_capacity = 256 << 10;
  static constexpr std::size_t black_box_bytes = 128 << 10;
  static constexpr std::size_t bulk_bytes = std::size_t{4} << 30;

  /// Errors: spawn_error.
  static segment create();
  static segment open(descriptor fd);

  child_page& page() const;
  /// Bytes that survive the child: it writes, the supervisor reads after its death.
  std::span<std::byte> black_box() const;
  ring_memory ring(direction d) const;
  std::span<std::byte> bulk(direction d) const;

  int fd() const { return mapping_.fd(); }
  void forget_descriptor() { mapping_.forget_descriptor(); }

 private:
  explicit segment(shared_mapping mapping) : mapping_{std::move(mapping)} {}
  shared_mapping mapping_;
};

} // namespace troupe::detail
