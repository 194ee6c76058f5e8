// SPDX-License-Identifier: BSD-3-Clause
#include "link/ring.hpp"

#include <troupe/exceptions.hpp>

#include <cstring>
#include <string>

namespace troupe::detail {

std::size_t ring_writer::free_bytes() {
  cached_head_ = memory_.words->head.load(std::memory_order_acquire);
  auto used = tail_ - cached_head_;
  return used <= memory_.capacity ? memory_.capacity - used : 0; // a lying reader gets no room
}

std::byte* ring_writer::reserve(std::size_t payload_bytes) {
  const auto need = frame_bytes(payload_bytes);
  const auto position = static_cast<std::size_t>(tail_ & (memory_.capacity - 1));
  const auto to_end = memory_.capacity - position;
  const auto total = need <= to_end ? need : to_end + need;
  const auto used = tail_ - cached_head_;
  if ((used > memory_.capacity || memory_.capacity - used < total) && free_bytes() < total)
    return nullptr;
  if (need <= to_end)
    return memory_.data + position + sizeof(frame_header);
  // The filler becomes visible together with the frame behind it: one store of the tail publishes both.
  frame_header skip{static_cast<std::uint32_t>(to_end - sizeof(frame_header)), frame_kind::skip, 0, 0, 0};
  skip.check = frame_check(skip);
  std::memcpy(memory_.data + position, &skip, sizeof skip);
  tail_ += to_end;
  return memory_.data + sizeof(frame_header);
}

void ring_writer::commit(frame_header header) {
  header.check = frame_check(header);
  const auto position = static_cast<std::size_t>(tail_ & (memory_.capacity - 1));
  std::memcpy(memory_.data + position, &header, sizeof header);
  tail_ += frame_bytes(header.size_bytes);
  memory_.words->tail.store(tail_, std::memory_order_release);
}

void ring_writer::ask_for_room() {
  memory_.words->want_room.store(1, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_seq_cst); // pairs with the one in ring_reader::release
}

void ring_reader::malformed(const char* what) const {
  throw decode_error(std::string{"malformed frame on a link: "} + what);
}

bool ring_reader::next(frame_view& frame) {
  for (;;) {
    if (head_ == cached_tail_) {
      cached_tail_ = memory_.words->tail.load(std::memory_order_acquire);
      if (head_ == cached_tail_)
        return false;
      if (cached_tail_ - head_ > memory_.capacity || cached_tail_ % sizeof(frame_header) != 0)
        malformed("impossible position");
    }
    const auto position = static_cast<std::size_t>(head_ & (memory_.capacity - 1));
    const auto there = static_cast<std::size_t>(cached_tail_ - head_);
    std::memcpy(&frame.header, memory_.data + position, sizeof frame.header); // read once, then believed
    if (frame.header.check != frame_check(frame.header))
      malformed("header does not match its check value");
    const auto bytes = frame_bytes(frame.header.size_bytes);
    if (bytes > there || bytes > memory_.capacity - position)
      malformed("longer than what is there");
    head_ += bytes;
    if (frame.header.kind == frame_kind::skip) {
      if (position == 0 || position + bytes != memory_.capacity) // a chain of fillers could go on for ever
        malformed("a filler that does not lead to the end of the ring");
      continue;
    }
    if (frame.header.kind != frame_kind::message && frame.header.kind != frame_kind::bulk)
      malformed("unknown kind");
    frame.payload = memory_.data + position + sizeof(frame_header);
    return true;
  }
}

bool ring_reader::release() {
  auto& words = *memory_.words;
  if (words.head.load(std::memory_order_relaxed) == head_)
    return false;
  words.head.store(head_, std::memory_order_release);
  std::atomic_thread_fence(std::memory_order_seq_cst); // pairs with the one in ask_for_room
  return words.want_room.load(std::memory_order_relaxed) != 0 && words.want_room.exchange(0) != 0;
}

} // namespace troupe::detail
