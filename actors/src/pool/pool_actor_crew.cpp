// SPDX-License-Identifier: BSD-3-Clause
#include "pool/pool_actor.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

namespace troupe::detail {

namespace {

constexpr std::chrono::milliseconds start_retry{100};
constexpr std::chrono::seconds longest_shortage{10};

// A worker that ends by itself soon after its initializer has run will do so again. It costs no task, and so nobody
// would ever be told; the machine should not be busy with it, either.
constexpr std::chrono::seconds short_life{1};
constexpr int many_short_lives = 4;

failure lost(const process_exit& exit, std::optional<std::size_t> task, int attempts) {
  worker_lost_info info;
  info.pid = exit.pid;
  info.exit_code = exit.code;
  info.signal = exit.signal;
  info.task_index = task;
  info.attempts = attempts;
  info.peak_memory_bytes = exit.peak_memory_bytes;
  info.out_of_memory = exit.out_of_memory;
  info.hung = exit.hung;
  info.garbage = exit.garbage;
  info.process_name = exit.name;
  info.stderr_tail = exit.stderr_tail;
  return failure::of(worker_lost{std::move(info)});
}

// A large result goes past the slate: that of the item that was running may have arrived all the same, and
// what is in front now is another. Chunks count from 1, so a slate of zeros says nothing.
bool has_arrived(const chunk& front, const result_group& running) {
  return running.chunk != 0 &&
         (running.chunk < front.number || (running.chunk == front.number && running.offset < front.received));
}

} // namespace

worker_place* pool_actor::place_of(process_id process) {
  auto found = place_by_process_.find(process);
  return found == place_by_process_.end() ? nullptr : &places_[found->second];
}

std::size_t pool_actor::alive_count() const {
  const auto alive = std::count_if(places_.begin(), places_.end(), [](const auto& w) { return w.alive(); });
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(alive, 1));
}

void pool_actor::adopt(unsigned place, child process, mailbox_ref actor) {
  auto& w = places_[place];
  w.process = std::move(process);
  w.name = w.process.name();
  w.pid = w.process.pid();
  w.unfit.reset();
  w.actor = std::move(actor);
  w.next_number = 1;
  place_by_process_[w.process.id()] = place;
  context_->monitor(w.actor);
  if (phase_ == phase::over)
    w.process.kill(SIGKILL);
  for (auto& message : std::exchange(early_, {}))
    receive(message);
}

void pool_actor::start_failed(unsigned place, const failure& why) {
  auto& w = places_[place];
  w.enter(worker_place::phase::gone);
  const bool comes_back = replace_later();
  const bool is_made = ready_told_ || !setup_.has_initializer;
  const bool any = std::any_of(places_.begin(), places_.end(), [](const auto& p) { return p.alive(); });
  if (!any && (!comes_back || shortage_lasts() || (!is_made && all_gone())))
    fail_pool(why); // nobody is left who could do the work, and the shortage does not pass
  check_ready();
  check_over();
}

// Asked when there is no worker and none could be started.
bool pool_actor::shortage_lasts() {
  const auto now = worker_place::clock::now();
  if (!short_since_)
    short_since_ = now;
  return now - *short_since_ > longest_shortage;
}

void pool_actor::worker_ended(envelope& message) {
  auto* w = place_of(message.from);
  const auto* down = static_cast<const process_down*>(message.local.get());
  if (!w || !down || !down->exit)
    return;
  place_by_process_.erase(message.from);
  const bool was_starting = w->now == worker_place::phase::starting;
  const bool was_idle = !was_starting && w->given.empty();
  if (was_idle && worker_place::clock::now() - w->since < short_life)
    ++w->short_lives;
  recover(*w, *down->exit);
  w->actor = {};
  if (was_starting && down->exit->start_error != 0) {
    start_failed(w->index, failure::of(spawn_error{"cannot start a process", down->exit->start_error}));
    return;
  }
  w->enter(worker_place::phase::gone);
  if (phase_ != phase::over && was_starting && restarts_.exceeded_by_one_at(worker_place::clock::now()))
    fail_pool(w->unfit ? *w->unfit : lost(*down->exit, std::nullopt, 0));
  if (phase_ == phase::open || !jobs_.empty()) {
    if (w->short_lives < many_short_lives)
      replace(*w);
    else
      replace_later();
  }
  check_over();
}

// Its finished results are kept, the item it was in is blamed, the rest goes to others.
void pool_actor::recover(worker_place& w, const process_exit& exit) {
  const auto content = read_slate(w.box());
  const auto running = take_slate(w, content);
  // A result that could not be read would never be: its item must not be given out for ever.
  const bool at_fault = content.running || !exit.garbage.empty();
  if (at_fault && !w.given.empty() && !has_arrived(w.given.front(), running))
    blame(w, exit);
  return_chunks(w);
}

// Returns the place behind the last result: that of the item that was running.
result_group pool_actor::take_slate(worker_place& w, const slate_content& content) {
  result_group next;
  try {
    byte_reader in{content.bytes};
    while (in.remaining() >= sizeof(result_group)) {
      const bool open = content.open && content.bytes.size() - in.remaining() == content.open_at;
      auto group = in.get<result_group>();
      if (open) {
        group.count = content.open_count;
        group.size_bytes = in.remaining();
      }
      next.chunk = group.chunk;
      next.offset = group.offset + group.count;
      byte_reader results{in.take(group.size_bytes)};
      take_group(w, group, results);
    }
  } catch (const decode_error&) {
    // A worker that wrote over its slate before it died: what is left of it counts for nothing.
  }
  return next;
}

void pool_actor::blame(worker_place& w, const process_exit& exit) {
  auto& c = w.given.front();
  auto& j = *c.owner;
  const auto index = c.items.first + c.received;
  const int attempts = c.items.crashes + 1;
  ++c.received;
  --j.in_flight_items;
  touch(j);
  if (j.abandoned) {
    // nobody waits
  } else if (attempts <= j.request.options.crash_retries) {
    put_back(j, {c.items.source, index, 1, attempts, c.items.failures});
  } else {
    fail_item(j, index, lost(exit, index, attempts));
  }
  if (c.received == c.items.count)
    w.given.pop_front();
}

void pool_actor::return_chunks(worker_place& w) {
  while (!w.given.empty()) {
    auto& c = w.given.back();
    const auto left = c.items.count - c.received;
    c.owner->in_flight_items -= left;
    touch(*c.owner);
    if (!c.owner->abandoned)
      put_back(*c.owner,
               {c.items.source, c.items.first + c.received, left, c.items.crashes, c.items.failures});
    w.given.pop_back();
  }
}

// False: nothing sees to it but what happens next.
bool pool_actor::replace_later() {
  next_start_ = worker_place::clock::now() + start_retry;
  return setup_.call_at(next_start_, &pool_actor::start_missing);
}

bool pool_actor::all_gone() const {
  return std::all_of(places_.begin(), places_.end(),
                     [](const auto& w) { return w.now == worker_place::phase::gone; });
}

void pool_actor::start_missing() {
  if (phase_ == phase::over)
    return;
  for (auto& w : places_)
    if (w.now == worker_place::phase::gone && worker_place::clock::now() >= next_start_)
      replace(w);
}

// The fork takes a moment, so it is the watcher's; this actor goes on.
void pool_actor::replace(worker_place& w) {
  if (phase_ == phase::over)
    return;
  w.enter(worker_place::phase::starting);
  w.restarts += w.process ? 1 : 0; // not for each attempt
  w.process = {};                  // with its memory, which the next one may need
  setup_.request_start(w.index);
}

void pool_actor::fail_pool(const failure& why) {
  if (phase_ == phase::over)
    return;
  cause_ = why;
  setup_.on_failed(why);
  terminate();
}

void pool_actor::close() {
  if (phase_ == phase::open)
    phase_ = phase::closing;
}

void pool_actor::terminate() {
  if (phase_ == phase::over)
    return;
  phase_ = phase::over;
  const auto why =
      cause_ ? *cause_ : failure::of(stopped{"the pool was terminated before the call was done"});
  for (auto& [id, j] : jobs_) {
    if (!j->abandoned)
      finish(*j, &why);
    drop(*j);
  }
  kill_workers();
}

void pool_actor::kill_workers() {
  for (auto& w : places_)
    if (w.alive())
      w.process.kill(SIGKILL);
}

// A place whose process could not be started is not waited for.
void pool_actor::check_ready() {
  const bool all = std::none_of(places_.begin(), places_.end(),
                                [](const auto& w) { return w.now == worker_place::phase::starting; });
  if ((all || phase_ == phase::over) && !std::exchange(ready_told_, true))
    setup_.here->complete(*setup_.all_ready);
}

void pool_actor::check_over() {
  if (phase_ == phase::closing && jobs_.empty()) {
    phase_ = phase::over;
    for (auto& w : places_)
      if (w.alive())
        w.process.request_stop();
  }
  if (phase_ != phase::over)
    return;
  check_ready(); // whoever still waits for that learns that it will not come
  if (!all_gone() || std::exchange(ended_told_, true))
    return;
  auto keep = std::move(setup_.keep); // until we are out of here
  setup_.here->complete(*setup_.all_ended);
}

} // namespace troupe::detail
