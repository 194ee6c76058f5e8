// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/frame.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace troupe::detail {

/// Stands before every payload in a bulk area.
///
///   lent ──(reader has decoded the payload)──▶ returned ──(writer reuses the space)
struct alignas(64) bulk_header {
  static constexpr std::uint32_t lent = 1;
  static constexpr std::uint32_t returned = 2;
  std::atomic<std::uint32_t> state{lent};
};

/// A stretch of a bulk area that the writer fills. `memory` excludes the header.
struct bulk_extent {
  bulk_header* header = nullptr;
  std::span<std::byte> memory;
  bulk_reference reference(std::size_t size_bytes) const { return {offset, size_bytes}; }
  std::uint64_t offset = 0; // of `memory` in the area
};

/// The writer's side of the memory that large payloads travel in: written once by the sender, decoded
/// in place by the receiver, then used again. The area is large but sparse; pages of stretches that
/// are beyond what is kept warm are given back to the system.
///
/// All bookkeeping is in the writer's own memory; the reader writes nothing but a header's state.
/// Threads: one at a time.
class bulk_area {
 public:
  explicit bulk_area(std::span<std::byte> area);

  /// Room for `size_bytes`. Errors: error when the area has no such stretch free.
  bulk_extent allocate(std::size_t size_bytes);

  /// Takes back an extent that was never sent.
  void cancel(const bulk_extent& extent);

 private:
  void collect_returned();
  void free_stretch(std::uint64_t offset, std::uint64_t size_bytes);

  std::span<std::byte> area_;
  std::map<std::uint64_t, std::uint64_t> free_;               // offset → size
  std::vector<std::pair<std::uint64_t, std::uint64_t>> lent_; // offset, size
};

/// The reader's check of a reference from another process. Errors: decode_error.
std::span<const std::byte> resolve_bulk(std::span<std::byte> area, bulk_reference ref);

} // namespace troupe::detail
