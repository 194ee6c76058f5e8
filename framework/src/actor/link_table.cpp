// SPDX-License-Identifier: BSD-3-Clause
#include "actor/link_table.hpp"

#include <troupe/exceptions.hpp>

#include <algorithm>
#include <iterator>

namespace troupe::detail {

namespace {

// Frames taken from one link before the others have their turn.
constexpr std::size_t frames_per_turn = 256;

} // namespace

void link_table::add(process_id peer, std::shared_ptr<link> l) {
  std::lock_guard lock{mutex_};
  added_.push_back({peer, std::move(l)});
  has_added_.store(true, std::memory_order_seq_cst);
}

void link_table::refresh() {
  std::lock_guard lock{mutex_};
  std::move(added_.begin(), added_.end(), std::back_inserter(entries_));
  added_.clear();
  has_added_.store(false, std::memory_order_relaxed);
}

bool link_table::poll_entry(entry& e, link_events& events) {
  auto& way = *e.way;
  bool any = way.flush_outbox();
  // Read before draining: what the peer sent before it died is in the ring by then.
  const bool gone = way.peer_gone();
  if (!e.broken) {
    try {
      const auto sink = [&](actor_number target, std::uint32_t tag, payload&& body) {
        events.on_message(e.peer, target, tag, std::move(body));
      };
      const auto count = way.drain(frames_per_turn, sink);
      any = any || count != 0 || way.prefetch_bulk();
      if (gone && count == frames_per_turn)
        return true; // more may be there: the end is told after the last frame
    } catch (const decode_error& error) {
      e.broken = true;
      events.on_link_broken(e.peer, error.what());
      return true;
    }
  }
  if (gone) {
    e.way.reset();
    events.on_peer_ended(e.peer);
    return true;
  }
  return any;
}

bool link_table::poll(link_events& events) {
  if (has_added_.load(std::memory_order_acquire))
    refresh();
  bool any = false;
  bool ended = false;
  for (auto& e : entries_) {
    any = poll_entry(e, events) || any;
    ended = ended || !e.way;
  }
  if (ended)
    std::erase_if(entries_, [](const entry& e) { return !e.way; });
  return any;
}

bool link_table::has_input() {
  if (has_added_.load(std::memory_order_seq_cst))
    return true;
  return std::any_of(entries_.begin(), entries_.end(), [](entry& e) {
    const bool readable = e.broken ? e.way->peer_gone() : e.way->has_input();
    return readable || e.way->flush_outbox();
  });
}

std::uint64_t link_table::bulk_bytes() const {
  std::uint64_t sum = 0;
  for (const auto& e : entries_)
    sum += e.way->bulk_bytes();
  return sum;
}

} // namespace troupe::detail
