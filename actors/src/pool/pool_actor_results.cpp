// SPDX-License-Identifier: BSD-3-Clause
#include "pool/pool_actor.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace troupe::detail {

namespace {

// The first `count` of the group's.
void skip_results(byte_reader& results, const result_group& group, std::size_t count) {
  if (group.dense != 0) {
    results.take(group.size_bytes / group.count * count);
    return;
  }
  for (; count != 0; --count) {
    results.get<result_kind>();
    take_sized(results);
  }
}

} // namespace

// While the pool is made, what an initializer throws is thrown by its constructor. Later it is one worker's end
// before readiness, to be tried again a few times.
void pool_actor::take_unfit(worker_place& from, byte_reader in) {
  try {
    from.unfit = decode_failure(in, std::nullopt);
    if (!ready_told_)
      fail_pool(*from.unfit);
  } catch (const decode_error& e) {
    from.process.kill_for_garbage(e.what());
  }
}

void pool_actor::take_results(worker_place& from, byte_reader in) {
  try {
    while (in.remaining() != 0) {
      const auto group = in.get<result_group>();
      byte_reader results{in.take(group.size_bytes)};
      from.busy += std::chrono::nanoseconds{group.busy_ns};
      if (!take_group(from, group, results))
        throw_decode_error("results of items that the worker was not given");
    }
  } catch (const decode_error& e) {
    from.process.kill_for_garbage(e.what()); // its results cannot be believed; the rest follows from its end
  }
  from.silent = false;
  from.short_lives = 0;
  warmest_ = from.index;
}

// Results of quick items wait in the slate for company, and would wait for as long as an item behind them takes.
// So, while there is work out, the slates of those who say nothing are read.
void pool_actor::look_later() {
  const bool any =
      std::any_of(places_.begin(), places_.end(), [](const auto& w) { return !w.given.empty(); });
  if (any && !look_requested_)
    look_requested_ = setup_.call_at(worker_place::clock::now() + look_after_, &pool_actor::look);
}

void pool_actor::look() {
  look_requested_ = false;
  std::vector<std::byte> copy;
  bool news = false;
  for (auto& w : places_) {
    if (w.given.empty() || !w.alive())
      continue;
    const auto done_before = w.tasks_done;
    if (const auto content = std::exchange(w.silent, true) ? read_slate_in_use(w.box(), copy) : std::nullopt)
      take_slate(w, *content);
    else
      news = true;
    news |= w.tasks_done != done_before;
  }
  look_after_ = news ? steady_time::duration{soonest_look}
                     : std::min<steady_time::duration>(2 * look_after_, latest_look);
}

// Chunks come back in the order given; what was seen in the slate before comes a second time by the link and is
// passed by. False for results of what the worker was not given.
bool pool_actor::take_group(worker_place& from, result_group group, byte_reader& results) {
  const auto next_chunk = from.given.empty() ? from.next_number : from.given.front().number;
  if (group.count == 0 || group.chunk < next_chunk)
    return true; // behind a large last result, which went by itself; or seen
  if (from.given.empty())
    return false;
  auto& c = from.given.front();
  if (group.chunk != c.number || group.offset > c.received || group.count > c.items.count - group.offset)
    return false;
  const auto of_all = group.count;
  if (const auto seen = std::min<std::size_t>(c.received - group.offset, group.count)) {
    skip_results(results, group, seen);
    group.count -= static_cast<std::uint32_t>(seen);
  }
  if (group.count == 0)
    return true;
  from.tasks_done += group.count;
  if (group.busy_ns != 0) { // a large result's time may have been counted with those before it
    const double sample = std::max(1.0, static_cast<double>(group.busy_ns) / of_all);
    auto& smoothed = c.owner->item_ns;
    smoothed = smoothed == 0 ? sample : smoothed + (sample - smoothed) / 4;
  }
  accept(c, group, results);
  if (c.received == c.items.count)
    from.given.pop_front();
  return true;
}

void pool_actor::accept(chunk& c, const result_group& group, byte_reader& results) {
  auto& j = *c.owner;
  result_batch batch{c.items.first + c.received, group.count, results, group.dense != 0};
  std::size_t again = 0;
  const auto filter = [&](std::size_t index, const failure&) {
    const bool again_now = retried(c, index);
    ++(again_now ? again : j.so_far.failed);
    return again_now;
  };
  const auto settle = [&] {
    j.so_far.done += batch.taken - again;
    j.so_far.failed += batch.unloadable;
    c.received += batch.taken;
    j.in_flight_items -= batch.taken;
    touch(j);
  };
  try {
    if (j.abandoned)
      batch.taken = batch.count;
    else
      j.request.sink->accept(batch, filter);
  } catch (...) {
    settle(); // what the sink has, it must not get again
    throw;
  }
  settle();
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
  if (j.teller)
    j.teller->note(j.so_far);
}

void pool_actor::finish_jobs() {
  for (auto* j : std::exchange(touched_, {})) {
    j->touched = false;
    tell_progress(*j);
    if (!j->finished() || j->queued)
      continue;
    auto ended = std::move(jobs_.extract(j->id).mapped()); // out of the map first: finishing wakes who waits
    if (!ended->abandoned)
      finish(*ended, nullptr);
  }
}

// `why`: of those whose items were not all done. Whoever waits goes on when all was told: the progress function may
// refer to what is gone then.
void pool_actor::finish(job& j, const failure* why) {
  if (!j.teller) {
    j.request.sink->finish(why);
    return;
  }
  auto teller = std::move(j.teller);
  setup_.untold->fetch_add(1);
  teller->finish([sink = std::move(j.request.sink), cause = why ? std::optional{*why} : std::nullopt,
                  here = setup_.here, untold = setup_.untold, keep = setup_.keep] {
    sink->finish(cause ? &*cause : nullptr);
    untold->fetch_sub(1);
    here->notify(untold);
  });
}

// Nothing of the job is given out any more; it goes when what is in flight has come back.
void pool_actor::drop(job& j) {
  j.abandoned = true;
  j.request.sink.reset();
  j.teller.reset();
  j.pending.clear();
  j.pending_items = 0;
  j.more = false;
  for (auto& w : places_)
    for (auto i = w.given.size(); i-- != 0;)
      if (w.given[i].owner == &j)
        if (auto taken = w.take_back(i))
          take_in(*taken);
  touch(j);
}

} // namespace troupe::detail
