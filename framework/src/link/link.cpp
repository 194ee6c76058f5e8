// SPDX-License-Identifier: BSD-3-Clause
#include "link/link.hpp"

#include "link/message_writer.hpp"

#include <troupe/detail/forked_copy.hpp>
#include <troupe/exceptions.hpp>

#include <cstring>

namespace troupe::detail {

namespace {

direction opposite(direction d) { return d == direction::down ? direction::up : direction::down; }

} // namespace

link::link(std::shared_ptr<segment> memory, direction out, doorbell& peer_bell)
    : memory_{std::move(memory)},
      peer_bell_{peer_bell},
      incoming_bulk_{memory_->bulk(opposite(out))},
      writer_{memory_->ring(out)},
      bulk_{memory_->bulk(out)},
      reader_{memory_->ring(opposite(out))} {}

void link::send(actor_number target, std::uint32_t tag, encode_ref encode) {
  message_writer writer{*this};
  encode(writer);
  writer.send(target, tag);
}

bool link::put_in_ring(const frame_header& header, std::span<const std::byte> bytes) {
  std::byte* to = writer_.reserve(bytes.size());
  if (!to)
    return false;
  if (!bytes.empty())
    std::memcpy(to, bytes.data(), bytes.size());
  writer_.commit(header);
  return true;
}

void link::submit(frame_header header, std::span<const std::byte> bytes) {
  if (in_forked_copy())
    return;
  std::lock_guard lock{send_mutex_};
  if (peer_gone())
    return; // whoever cares learns of the death itself, with its cause
  if (outbox_.empty() && put_in_ring(header, bytes))
    return;
  outbox_.push_back({header, {bytes.begin(), bytes.end()}});
  outbox_frames_.store(outbox_.size(), std::memory_order_relaxed);
  writer_.ask_for_room();
  flush_locked(); // the peer may have made room before it could see that we ask
}

bool link::flush_outbox() {
  if (!congested() || in_forked_copy())
    return false;
  std::lock_guard lock{send_mutex_};
  return flush_locked();
}

bool link::flush_locked() {
  bool moved = false;
  for (;;) {
    while (!outbox_.empty() && put_in_ring(outbox_.front().header, outbox_.front().payload)) {
      outbox_.pop_front();
      moved = true;
    }
    outbox_frames_.store(outbox_.size(), std::memory_order_relaxed);
    if (outbox_.empty())
      break;
    writer_.ask_for_room();
    if (!writer_.reserve(outbox_.front().payload.size()))
      break;
  }
  if (moved && outbox_.empty())
    clearances_.fetch_add(1, std::memory_order_relaxed);
  if (moved)
    peer_bell_.ring();
  return moved;
}

bulk_extent link::lend(std::size_t size_bytes) {
  if (in_forked_copy())
    throw usage_error("a copy of this process, which a fork has made, cannot send messages to others");
  std::lock_guard lock{send_mutex_};
  return bulk_.allocate(size_bytes);
}

void link::cancel(const bulk_extent& extent) {
  std::lock_guard lock{send_mutex_};
  bulk_.cancel(extent);
}

payload link::receive(const frame_view& frame) {
  if (frame.header.kind == frame_kind::message)
    return payload{{frame.payload, frame.header.size_bytes}};
  bulk_reference ref;
  if (frame.header.size_bytes != sizeof ref)
    throw decode_error("malformed frame on a link: bad reference to a large payload");
  std::memcpy(&ref, frame.payload, sizeof ref);
  auto bytes = resolve_bulk(incoming_bulk_, ref);
  bulk_bytes_.fetch_add(bytes.size(), std::memory_order_relaxed);
  auto* header = reinterpret_cast<bulk_header*>(incoming_bulk_.data() + ref.offset - sizeof(bulk_header));
  return payload{bytes, &header->state, bulk_header::returned, memory_};
}

bool link::prefetch_bulk() {
  constexpr std::uint64_t line_bytes = 64;
  constexpr std::uint64_t at_once = 64 << 10; // of a larger step, the rest comes with the payload itself
  const auto written_to = reader_.announced_bulk();
  if (written_to == fetched_to_ || written_to > incoming_bulk_.size())
    return false;
  const bool goes_on = written_to > fetched_to_ && written_to - fetched_to_ <= at_once;
  const auto from = goes_on ? fetched_to_ : written_to - std::min(written_to, at_once);
  for (auto at = from; at < written_to; at += line_bytes)
    __builtin_prefetch(incoming_bulk_.data() + at, 0, 2);
  fetched_to_ = written_to;
  return true;
}

std::size_t link::drain(std::size_t limit, frame_sink sink) {
  std::size_t count = 0;
  frame_view frame;
  if (in_forked_copy())
    return 0;
  while (count < limit && reader_.next(frame)) {
    sink(frame.header.target, frame.header.tag, receive(frame));
    ++count;
  }
  if (count != 0 && reader_.release())
    peer_bell_.ring();
  return count;
}

} // namespace troupe::detail
