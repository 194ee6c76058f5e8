// SPDX-License-Identifier: BSD-3-Clause
#include "pool/pool_actor.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

namespace troupe::detail {

void pool_actor::take_results(worker_place& from, byte_reader in) {
  try {
    while (in.remaining() != 0) {
      const auto group = in.get<result_group>();
      byte_reader results{in.take(group.size_bytes)};
      take_group(from, group, results);
    }
  } catch (const decode_error&) {
    from.process.kill(SIGKILL); // its results cannot be believed; the rest follows from its end
  }
  warmest_ = from.index;
}

void pool_actor::take_group(worker_place& from, const result_group& group, byte_reader& results) {
  // Chunks come back in the order given. What does not fit was seen before (a dead worker's slate).
  if (from.given.empty())
    return;
  auto& c = from.given.front();
  if (group.chunk != c.number || group.offset != c.received || group.count > c.items.count - c.received)
    return;
  const auto busy = std::chrono::nanoseconds{group.busy_ns};
  from.busy += busy;
  from.tasks_done += group.count;
  if (group.count != 0) {
    const double sample = std::max(1.0, static_cast<double>(group.busy_ns) / group.count);
    auto& smoothed = c.owner->item_ns;
    smoothed = smoothed == 0 ? sample : smoothed + (sample - smoothed) / 4;
  }
  accept(c, group, results);
  if (c.received == c.items.count)
    from.given.pop_front();
}

void pool_actor::accept(chunk& c, const result_group& group, byte_reader& results) {
  auto& j = *c.owner;
  if (!j.abandoned) {
    std::size_t again = 0;
    const auto filter = [&](std::size_t index, const failure&) {
      const bool again_now = retried(c, index);
      ++(again_now ? again : j.so_far.failed);
      return again_now;
    };
    j.request.sink->accept(c.items.first + c.received, group.count, results, filter);
    j.so_far.done += group.count - again;
  }
  c.received += group.count;
  j.in_flight_items -= group.count;
  touch(j);
}

// An item that threw and may be tried again goes to the front of the job, alone.
bool pool_actor::retried(chunk& c, std::size_t index) {
  if (c.items.failures >= c.owner->request.options.retries)
    return false;
  put_back(*c.owner, {c.items.source, index, 1, c.items.crashes, c.items.failures + 1});
  return true;
}

void pool_actor::fail_item(job& j, std::size_t index, failure why) {
  touch(j);
  if (j.abandoned)
    return;
  ++j.so_far.done;
  ++j.so_far.failed;
  j.request.sink->fail(index, std::move(why));
}

void pool_actor::touch(job& j) {
  if (!std::exchange(j.touched, true))
    touched_.push_back(&j);
}

void pool_actor::tell_progress(job& j) {
  if (j.request.options.on_progress)
    setup_.here->post([tell = j.request.options.on_progress, now = j.so_far] { tell(now); });
}

void pool_actor::finish_jobs() {
  for (auto* j : std::exchange(touched_, {})) {
    j->touched = false;
    tell_progress(*j);
    if (!j->finished() || j->queued)
      continue;
    auto ended = std::move(jobs_.extract(j->id).mapped()); // out of the map first: finishing wakes who waits
    if (!ended->abandoned)
      ended->request.sink->finish(nullptr);
  }
}

// Nothing of the job is given out any more; it goes when what is in flight has come back.
void pool_actor::drop(job& j) {
  j.abandoned = true;
  j.request.sink.reset();
  j.request.options.on_progress = {};
  j.pending.clear();
  j.pending_items = 0;
  j.more = false;
  touch(j);
}

} // namespace troupe::detail
