// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/frame.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace troupe::detail {

/// The shared words of a ring. `tail` is written by the writer only, `head` by the reader only; both
/// count bytes and never wrap. A frame exists once `tail` has moved past it, so a writer killed at
/// any instruction leaves nothing torn and holds nothing.
struct ring_words {
  alignas(64) std::atomic<std::uint64_t> tail{0};
  /// Where the writer is within the bulk area, encoding a large payload; 0: nowhere. A hint for the reader,
  /// who may fetch what lies before it; nothing depends on it.
  std::atomic<std::uint64_t> bulk_written_to{0};
  alignas(64) std::atomic<std::uint64_t> head{0};
  /// Raised by the writer when it found no room; taken down by the reader, who then rings.
  alignas(64) std::atomic<std::uint32_t> want_room{0};
};

/// Memory of one ring: `capacity` is a power of two and a multiple of sizeof(frame_header).
struct ring_memory {
  ring_words* words = nullptr;
  std::byte* data = nullptr;
  std::size_t capacity = 0;
};

/// The producing end. One thread at a time.
class ring_writer {
 public:
  explicit ring_writer(ring_memory memory) : memory_{memory} {}

  /// Largest payload that is ever put into the ring itself.
  std::size_t max_payload() const { return memory_.capacity / 8; }

  /// Room for one frame's payload, contiguous; nullptr when the ring is full.
  std::byte* reserve(std::size_t payload_bytes);

  /// Publishes the frame whose payload was written to what `reserve` returned.
  void commit(frame_header header);

  void announce_bulk(std::uint64_t written_to) {
    memory_.words->bulk_written_to.store(written_to, std::memory_order_relaxed);
  }

  /// Asks the reader to ring once it has made room. Look for room again afterwards.
  void ask_for_room();

 private:
  std::size_t free_bytes();

  ring_memory memory_;
  std::uint64_t tail_ = 0;        // our own copy: shared memory is never read back
  std::uint64_t cached_head_ = 0; // old reader position: enough until it shows too little room
};

/// A frame as it lies in the ring; valid until `release`.
struct frame_view {
  frame_header header;
  const std::byte* payload = nullptr;
};

/// The consuming end. One thread at a time. Trusts nothing: a header that does not fit what is there
/// is a decode_error, after which the ring must not be read again.
class ring_reader {
 public:
  explicit ring_reader(ring_memory memory) : memory_{memory} {}

  bool empty() const { return memory_.words->tail.load(std::memory_order_acquire) == head_; }

  std::uint64_t announced_bulk() const {
    return memory_.words->bulk_written_to.load(std::memory_order_relaxed);
  }

  /// The next frame, or false. Errors: decode_error.
  bool next(frame_view& frame);

  /// Gives the space of all frames seen so far back. True when the writer asked to be rung.
  bool release();

 private:
  [[noreturn]] void malformed(const char* what) const;

  ring_memory memory_;
  std::uint64_t head_ = 0;
  std::uint64_t cached_tail_ = 0;
};

} // namespace troupe::detail
