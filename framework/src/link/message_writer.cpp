// SPDX-License-Identifier: BSD-3-Clause
#include "link/message_writer.hpp"

#include <algorithm>
#include <cstring>

namespace troupe::detail {

message_writer::message_writer(link& l) : link_{l} {
  begin_ = cur_ = stack_;
  end_ = stack_ + stack_bytes;
}

message_writer::~message_writer() {
  if (extent_)
    link_.cancel(*extent_);
}

void message_writer::move_to(std::byte* memory, std::size_t capacity) {
  const auto used = size();
  std::memcpy(memory, begin_, used);
  begin_ = memory;
  cur_ = memory + used;
  end_ = memory + capacity;
}

void message_writer::grow(std::size_t needed) {
  const auto total = size() + needed;
  const auto ring_limit = link_.writer_.max_payload();
  if (total <= ring_limit) {
    std::unique_ptr<std::byte[]> larger{new std::byte[ring_limit]}; // not initialised: written before sent
    move_to(larger.get(), ring_limit);
    heap_ = std::move(larger);
    return;
  }
  // The first extent is as large as what is known to come; further growth doubles.
  auto larger = link_.lend(extent_ ? std::max(total, 2 * size()) : total + total / 64);
  move_to(larger.memory.data(), larger.memory.size());
  if (extent_)
    link_.cancel(*extent_);
  extent_ = larger;
}

// The peer is woken at the beginning and told how far it is: its wake-up, and fetching the payload from this
// processor's cache, go on meanwhile.
void message_writer::copy_large(std::byte* to, const void* from, std::size_t size_bytes) {
  constexpr std::size_t step_bytes = 32 << 10;
  const auto* source = static_cast<const std::byte*>(from);
  for (std::size_t done = 0; done < size_bytes;) {
    const auto step = std::min(step_bytes, size_bytes - done);
    std::memcpy(to + done, source + done, step);
    done += step;
    if (extent_)
      link_.announce_bulk(extent_->offset + static_cast<std::size_t>(to - begin_) + done);
    if (extent_ && done == step)
      link_.ring_peer();
  }
}

void message_writer::send(actor_number target, std::uint32_t tag) {
  frame_header header;
  header.target = target;
  header.tag = tag;
  if (!extent_) {
    header.size_bytes = static_cast<std::uint32_t>(size());
    link_.submit(header, {begin_, size()});
    return;
  }
  const auto ref = extent_->reference(size());
  link_.bulk_bytes_.fetch_add(size(), std::memory_order_relaxed);
  header.kind = frame_kind::bulk;
  header.size_bytes = sizeof ref;
  link_.submit(header, std::as_bytes(std::span{&ref, 1}));
  extent_.reset(); // the receiver's to give back
}

} // namespace troupe::detail
