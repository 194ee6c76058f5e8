// SPDX-License-Identifier: BSD-3-Clause
#include "pool/job.hpp"

#include <algorithm>

namespace troupe::detail {

namespace {

// Long against the cost of a message (about 1 µs), short against anybody's patience.
constexpr double target_ns = 500'000;
constexpr std::size_t largest_chunk = 1 << 16;
// A few quick items say little about the rest: sizes grow by steps.
constexpr std::size_t growth = 16;
// What is left is shared out so that all workers end at about the same time.
constexpr std::size_t shares_per_worker = 4;

} // namespace

slice job::take(std::size_t count) {
  auto& front = pending.front();
  slice taken = front;
  taken.count = std::min(count, front.count);
  front.first += taken.count;
  front.count -= taken.count;
  if (front.count == 0)
    pending.pop_front();
  pending_items -= taken.count;
  return taken;
}

std::size_t chunk_size(job& j, std::size_t workers) {
  if (j.request.options.chunk != 0)
    return j.request.options.chunk;
  if (j.item_ns == 0)
    return 1;
  const auto wanted = static_cast<std::size_t>(std::min(target_ns / j.item_ns, double{largest_chunk}));
  const auto known = j.request.stream ? j.pending_items + j.in_flight_items : j.pending_items;
  const auto share = known / (workers * shares_per_worker);
  j.last_chunk = std::clamp<std::size_t>(std::min({wanted, share, j.last_chunk * growth}), 1, largest_chunk);
  return j.last_chunk;
}

} // namespace troupe::detail
