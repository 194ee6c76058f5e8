// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/doorbell.hpp"
#include "link/segment.hpp"

#include <troupe/detail/bytes.hpp>
#include <troupe/detail/envelope.hpp>
#include <troupe/detail/function_ref.hpp>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace troupe::detail {

using encode_ref = function_ref<void(byte_writer&)>;
using frame_sink = function_ref<void(actor_number target, std::uint32_t tag, payload&& body)>;

/// This process's end of the link to one peer.
///
/// Sending (any thread; `send_mutex_`): a frame goes into the ring, or, when that is full, into the
/// outbox in our own memory; it never waits. Whoever polls moves the outbox on when the peer has made
/// room. Users bound the outbox by credits: they look at `congested()` before they send more.
///
/// Receiving (the thread on polling duty only): `drain`.
///
/// In a copy of this process that a fork has made, all of it does nothing: what is shared is the original's.
///
/// State: `peer_gone_` is set once, by whoever observes the peer's death; what is in the ring by then
/// is still delivered.
class link {
 public:
  /// `out` is the direction this end writes.
  link(std::shared_ptr<segment> memory, direction out, doorbell& peer_bell);

  /// Encodes a message and sends it. What `encode` throws leaves nothing sent. Call `ring_peer` after
  /// the last of several. Errors: error when the payload is too large for a link.
  void send(actor_number target, std::uint32_t tag, encode_ref encode);

  /// Wakes the peer if it sleeps.
  void ring_peer() { peer_bell_.ring(); }

  /// Frames that wait in the outbox. Relaxed: a hint for flow control.
  std::size_t backlog() const { return outbox_frames_.load(std::memory_order_relaxed); }
  bool congested() const { return backlog() != 0; }
  /// How often the outbox has become empty.
  std::uint32_t clearances() const { return clearances_.load(std::memory_order_relaxed); }

  /// Hands up to `limit` frames to `sink`; returns how many. Errors: decode_error, after which the
  /// link must not be drained again.
  std::size_t drain(std::size_t limit, frame_sink sink);

  /// Moves frames from the outbox into the ring. True when any moved.
  bool flush_outbox();

  /// Brings what the peer has written of a large payload closer. False when there is nothing new of it.
  bool prefetch_bulk();

  /// Bytes of large payloads that went either way so far. Relaxed: a hint for how long answers may take.
  std::uint64_t bulk_bytes() const { return bulk_bytes_.load(std::memory_order_relaxed); }

  /// Something is there to drain, or the end of the peer to be told.
  bool has_input() const { return !reader_.empty() || peer_gone(); }

  void set_peer_gone() { peer_gone_.store(true, std::memory_order_release); }
  bool peer_gone() const { return peer_gone_.load(std::memory_order_acquire); }

  const segment& memory() const { return *memory_; }

 private:
  friend class message_writer;
  struct waiting_frame {
    frame_header header;
    std::vector<std::byte> payload;
  };

  void submit(frame_header header, std::span<const std::byte> bytes);
  bool put_in_ring(const frame_header& header, std::span<const std::byte> bytes);
  bool flush_locked();
  bulk_extent lend(std::size_t size_bytes);
  void cancel(const bulk_extent& extent);
  void announce_bulk(std::uint64_t written_to) { writer_.announce_bulk(written_to); }
  payload receive(const frame_view& frame);

  std::shared_ptr<segment> memory_;
  doorbell& peer_bell_;
  std::span<std::byte> incoming_bulk_;

  std::mutex send_mutex_; // guards writer_, bulk_, outbox_
  ring_writer writer_;
  bulk_area bulk_;
  std::deque<waiting_frame> outbox_;
  std::atomic<std::size_t> outbox_frames_{0}; // outbox_.size(), for readers without the mutex
  std::atomic<std::uint32_t> clearances_{0};

  ring_reader reader_;           // polling duty only
  std::uint64_t fetched_to_ = 0; // polling duty only: in incoming_bulk_
  std::atomic<bool> peer_gone_{false};
  std::atomic<std::uint64_t> bulk_bytes_{0};
};

} // namespace troupe::detail
