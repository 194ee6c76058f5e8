// SPDX-License-Identifier: BSD-3-Clause
#include "pool/pool_actor.hpp"

#include <algorithm>
#include <utility>

namespace troupe::detail {

namespace {

// Work a worker should have before it: enough to bridge the wait for the next message, also when the
// supervisor is told of results only now and then. The more it has, the fewer wakes of the supervisor, which takes
// a processor from the workers; and the longer a call waits behind another's items.
constexpr double bridged_ns = 10'000'000;
constexpr std::size_t least_depth = 2;
// A message of large items is sent when it has grown to this, whatever room there is for more.
constexpr std::size_t enough_order_bytes = 1 << 20;
constexpr std::size_t greatest_depth = worker_box::claim_slots / 2;

} // namespace

std::size_t pool_actor::depth_for(const job& j, std::size_t chunk_items) const {
  if (j.item_ns == 0)
    return least_depth;
  const auto chunk_ns = j.item_ns * static_cast<double>(chunk_items);
  return std::clamp(static_cast<std::size_t>(bridged_ns / chunk_ns) + 1, least_depth, greatest_depth);
}

void pool_actor::enqueue(job& j) {
  if (j.pending_items != 0 && !std::exchange(j.queued, true))
    queue_.push_back(&j);
}

void pool_actor::put_back(job& j, slice items) {
  j.put_back(std::move(items));
  enqueue(j);
}

job* pool_actor::front_job() {
  while (!queue_.empty()) {
    auto& j = *queue_.front();
    if (j.pending_items != 0)
      return &j;
    queue_.pop_front();
    j.queued = false;
    touch(j);
  }
  return nullptr;
}

// Jobs take turns by chunks.
slice pool_actor::take_from_front(std::size_t count) {
  auto& j = *queue_.front();
  queue_.pop_front();
  j.queued = false;
  auto taken = j.take(count);
  enqueue(j);
  return taken;
}

// Without an initializer a worker may be given work before it has said that it is ready.
bool pool_actor::takes_work(const worker_place& w) const {
  const bool open = w.now == worker_place::phase::ready ||
                    (w.now == worker_place::phase::starting && w.actor && !setup_.has_initializer);
  // Whoever has nothing to do would not be heard of again: for it, one more message waits in this process's memory.
  return open && (w.given.empty() || !w.actor.congested());
}

void pool_actor::dispatch() {
  const auto crew = places_.size();
  for (std::size_t turn = 0; turn < crew; ++turn) {
    job* j = front_job();
    if (!j)
      break;
    auto& w = places_[(warmest_ + turn) % crew];
    if (!takes_work(w))
      continue;
    const auto size = chunk_size(*j, alive_count());
    const auto depth = depth_for(*j, size);
    if (w.given.size() > depth / 2)
      continue; // not yet: fewer, larger messages
    const auto chunks = queue_.size() - 1 + ((j->pending_items - 1) / size + 1);
    const auto share = (chunks + crew - turn - 1) / (crew - turn);
    give(w, std::min(depth - w.given.size(), share));
  }
  share_work();
  for (auto& w : places_)
    if (std::exchange(w.unsent, false))
      w.actor.flush();
}

// Numbers of what was given and taken back again are not used twice, so the numbers a worker has before it
// may span more than it has chunks: two in one claim slot would be one too many.
std::size_t pool_actor::numbers_left(const worker_place& w) {
  return w.given.empty() ? worker_box::claim_slots
                         : worker_box::claim_slots - (w.next_number - w.given.front().number);
}

void pool_actor::give(worker_place& w, std::size_t chunks) {
  chunks = std::min(chunks, numbers_left(w));
  w.actor.write(static_cast<std::uint32_t>(pool_tag::run), [&](byte_writer& out) {
    // A chunk that could not be written does not count: were all such, nothing would come back to go on with.
    for (std::size_t written = 0; written < chunks && out.size() < enough_order_bytes;) {
      job* j = front_job();
      if (!j)
        break;
      // Half-way is the moment to ask for more; other results may wait for company.
      const bool patient = written != chunks / 2;
      written += write_chunk(out, w, *j, take_from_front(chunk_size(*j, alive_count())), patient);
    }
  });
  w.unsent = true;
}

// What saving an item throws is its failure if it was alone, before anything of it is sent; otherwise all items of the
// chunk go back, that one by itself. False then.
bool pool_actor::write_chunk(byte_writer& out, worker_place& w, job& j, slice items, bool patient) {
  const auto at = out.size();
  std::size_t done = 0;
  try {
    chunk_header header;
    header.chunk = w.next_number;
    header.callable_bytes = static_cast<std::uint32_t>(j.request.callable.size());
    header.code = j.request.code;
    header.count = static_cast<std::uint32_t>(items.count);
    header.stream = j.request.stream ? 1 : 0;
    header.patient = patient && !j.request.stream ? 1 : 0;
    out.put(header);
    out.put(j.request.callable.data(), j.request.callable.size());
    const auto items_at = out.size();
    items.source->encode(out, items.first, items.count, done);
    header.items_bytes = out.size() - items_at;
    out.overwrite(at, header);
  } catch (...) {
    out.rewind(at);
    const auto bad = items.first + done;
    if (const auto behind = items.count - done - 1)
      put_back(j, {items.source, bad + 1, behind, items.crashes, items.failures});
    if (items.count == 1)
      fail_item(j, bad, failure{std::current_exception()});
    else // it may be that only all together do not fit
      put_back(j, {items.source, bad, 1, items.crashes, items.failures});
    if (done != 0)
      put_back(j, {items.source, items.first, done, items.crashes, items.failures});
    return false;
  }
  w.box().claims[w.next_number % worker_box::claim_slots].store(2 * w.next_number, std::memory_order_release);
  j.in_flight_items += items.count;
  w.given.push_back({w.next_number++, &j, std::move(items), 0});
  return true;
}

// What a worker had been given and has not begun. Of a call that nobody waits for any more it never will be.
void pool_actor::take_in(chunk& taken) {
  auto& j = *taken.owner;
  j.in_flight_items -= taken.items.count;
  if (j.abandoned)
    touch(j);
  else
    put_back(j, std::move(taken.items));
}

// A worker without work takes what another was given and has not begun.
void pool_actor::share_work() {
  for (auto& idle : places_) {
    if (!idle.given.empty() || !takes_work(idle))
      continue;
    if (front_job())
      return;
    auto richest = std::max_element(places_.begin(), places_.end(), [](const auto& a, const auto& b) {
      return a.given.size() < b.given.size();
    });
    if (richest->given.size() < 2)
      return;
    for (auto wanted = richest->given.size() / 2; wanted != 0; --wanted) {
      auto taken = richest->take_back_last();
      if (!taken)
        break;
      take_in(*taken);
    }
    if (front_job())
      give(idle, greatest_depth);
  }
}

} // namespace troupe::detail
