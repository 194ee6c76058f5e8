// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

namespace troupe::detail {

/// What a frame on a ring is. Wire values: stable; never renumber.
enum class frame_kind : std::uint16_t {
  skip = 1,    // filler up to the end of the ring
  message = 2, // payload follows the header
  bulk = 3,    // payload is a bulk_reference
};

/// Stands before every frame on a ring; frames begin at multiples of its size.
struct frame_header {
  std::uint32_t size_bytes = 0; // of the payload, without padding
  frame_kind kind = frame_kind::message;
  std::uint16_t check = 0;  // over the other fields: finds garbage before it is believed
  std::uint32_t target = 0; // actor in the receiving process; 0 is the process itself
  std::uint32_t tag = 0;    // meaning of the payload, the target's business
};
static_assert(sizeof(frame_header) == 16);

/// Where a large payload lies in the sender's bulk area.
struct bulk_reference {
  std::uint64_t offset = 0; // of the payload
  std::uint64_t size_bytes = 0;
};

constexpr std::uint16_t frame_check(const frame_header& h) {
  std::uint64_t x = (std::uint64_t{h.size_bytes} << 16) ^ static_cast<std::uint64_t>(h.kind);
  x = (x ^ (std::uint64_t{h.target} << 32) ^ h.tag ^ 0x7472'6f75'7065ULL) * 0x9e37'79b9'7f4a'7c15ULL;
  return static_cast<std::uint16_t>(x >> 48);
}

constexpr std::size_t frame_bytes(std::size_t payload_bytes) {
  return sizeof(frame_header) + (payload_bytes + 15) / 16 * 16;
}

} // namespace troupe::detail
