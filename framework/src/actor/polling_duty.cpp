// SPDX-License-Identifier: BSD-3-Clause
#include "actor/polling_duty.hpp"

#include <troupe/exceptions.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace troupe::detail {

namespace {

// For a caller with other things to do: peers that never stop sending must not keep it.
constexpr int turns_at_once = 128;

// Actors that always have something to do must not keep the process from hearing others.
constexpr unsigned turns_between_polls = 16;

// A thread that came to wait is likely to come again.
constexpr std::chrono::milliseconds expectation{1};
// While visitors follow each other within a moment, what arrives between them can wait for the next one.
constexpr std::chrono::microseconds moment{200};

thread_local bool runs_actors = false;

// The duty of which the calling thread has been running an actor since it polled last.
thread_local const polling_duty* running_for = nullptr;

// Within this thread's poll: an exception of the user's may be loaded there.
thread_local const polling_duty* polling_for = nullptr;

class set_for_now {
 public:
  set_for_now(const polling_duty*& which, const polling_duty* value)
      : which_{which}, before_{std::exchange(which, value)} {}
  ~set_for_now() { which_ = before_; }
  set_for_now(const set_for_now&) = delete;
  set_for_now& operator=(const set_for_now&) = delete;

 private:
  const polling_duty*& which_;
  const polling_duty* const before_;
};

} // namespace

polling_duty::polling_duty(doorbell& bell, roster_entry& own_entry, link_table& links, link_events& events,
                           ready_actors& actors, spin_meter meter)
    : bell_{bell}, own_entry_{own_entry}, links_{links}, events_{events}, actors_{actors}, meter_{meter} {}

bool polling_duty::try_take() {
  return !held_.load(std::memory_order_relaxed) && !held_.exchange(true, std::memory_order_seq_cst);
}

bool polling_duty::is_within_poll() { return polling_for != nullptr; }

bool polling_duty::poll() {
  const set_for_now polling{polling_for, this};
  const set_for_now not_running{running_for, nullptr};
  return links_.poll(events_);
}

bool polling_duty::poll_once() {
  const bool arrived = poll();
  return run_local() || arrived;
}

// Such an actor may load what a user has sent, and the function that does so wait for something.
bool polling_duty::run_local() {
  const set_for_now running{running_for, this};
  return actors_.run_local();
}

// On behalf of a scheduler thread that sleeps on its seat: from now on it is the one who is rung. Returns the
// state of the seat by then; empty when nobody sits there.
std::optional<std::uint32_t> polling_duty::arm_scheduler() {
  if (!scheduler_parked_.load(std::memory_order_seq_cst))
    return std::nullopt;
  const auto seat = bell_.announce_sleep(doorbell::scheduler_seat);
  if (links_.has_input()) {
    bell_.stay_awake();
    bell_.wake(doorbell::scheduler_seat);
  }
  return seat;
}

// Gives the duty back without leaving anything that arrived meanwhile to nobody.
void polling_duty::leave() {
  for (;;) {
    const bool others_wait = standing_count_.load(std::memory_order_seq_cst) != 0;
    const bool looks_itself = lingers_.load(std::memory_order_seq_cst);
    const auto armed = others_wait || looks_itself ? std::nullopt : arm_scheduler();
    held_.store(false, std::memory_order_seq_cst);
    if (wake_one_stander_by())
      return; // it takes the duty, or passes it on when its wait is over
    // A scheduler thread that sat down before the duty was free saw it held: for the first time, or again,
    // woken by the bell that had just been armed. It cannot know that nobody will ring any more.
    if (scheduler_parked_.load(std::memory_order_seq_cst) && !lingers_.load(std::memory_order_seq_cst) &&
        armed != bell_.seat_state(doorbell::scheduler_seat))
      bell_.wake(doorbell::scheduler_seat);
    if (!others_wait)
      break;
    if (!try_take()) // those who waited have gone meanwhile: somebody must be rung
      return;
  }
  if (idle_count_.load(std::memory_order_seq_cst) != 0) {
    std::lock_guard lock{idle_mutex_};
    idle_.notify_one();
  }
}

bool polling_duty::wake_one_stander_by() {
  if (standing_count_.load(std::memory_order_seq_cst) == 0)
    return false;
  std::lock_guard lock{standing_mutex_};
  if (standing_.empty())
    return false;
  standing_.front()->woken.store(1, std::memory_order_release);
  futex_wake(standing_.front()->woken);
  return true;
}

bool polling_duty::wait(const void* key, function_ref<bool()> done, steady_time deadline) {
  if (is_within_poll() && !done()) [[unlikely]]
    throw usage_error(
        "a function that loads an exception waits for what another process sends, which waits for the function: have "
        "it load only what was saved");
  actors_.run_local();
  if (running_for == this) { // the duty is this thread's already
    drive(done, deadline);
    return done();
  }
  bool stood_by = false;
  while (!done()) {
    if (deadline != no_deadline && std::chrono::steady_clock::now() >= deadline)
      break;
    stood_by = !try_take();
    if (stood_by) {
      stand_by(key, done, deadline);
    } else {
      drive(done, deadline);
      leave();
    }
  }
  // It may have been woken to take the duty over, at the very moment its wait ended.
  if (stood_by && try_take())
    leave();
  return done();
}

void polling_duty::drive_while(function_ref<bool()> condition, steady_time deadline) {
  if (running_for == this) {
    drive([&] { return !condition(); }, deadline);
    return;
  }
  while (condition()) {
    if (deadline != no_deadline && std::chrono::steady_clock::now() >= deadline)
      return;
    if (!try_take()) {
      ::sched_yield(); // another thread of this process moves the links
      continue;
    }
    drive([&] { return !condition(); }, deadline);
    leave();
  }
}

void polling_duty::drive(function_ref<bool()> done, steady_time deadline) {
  bell_.stay_awake();
  ++drives_;
  bool counted = runs_actors; // never, then
  while (!done()) {
    const bool arrived = poll();
    if (arrived && !std::exchange(counted, true))
      visits_.store(visits_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (run_local() || arrived)
      meter_.worked();
    else if (!meter_.look_again(links_))
      park_driver(done, deadline);
    if (deadline != no_deadline && std::chrono::steady_clock::now() >= deadline)
      return;
  }
}

void polling_duty::park_driver(function_ref<bool()> done, steady_time deadline) {
  const auto seen = bell_.announce_sleep(doorbell::driver_seat);
  if (!links_.has_input() && !done()) {
    own_entry_.awake.store(0, std::memory_order_relaxed);
    bell_.sleep(doorbell::driver_seat, seen, deadline);
    own_entry_.awake.store(1, std::memory_order_relaxed);
  }
  bell_.stay_awake();
}

void polling_duty::stand_by(const void* key, function_ref<bool()> done, steady_time deadline) {
  stander_by me{key};
  {
    std::lock_guard lock{standing_mutex_};
    standing_.push_back(&me);
    standing_count_.store(standing_.size(), std::memory_order_seq_cst);
  }
  // Looked at after registering: a driver that left, or a completion that came, before could not see us.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (held_.load(std::memory_order_seq_cst) && !done())
    futex_wait(me.woken, 0, deadline);
  std::lock_guard lock{standing_mutex_};
  std::erase(standing_, &me);
  standing_count_.store(standing_.size(), std::memory_order_seq_cst);
}

void polling_duty::notify(const void* key) {
  bell_.nudge_driver();
  if (standing_count_.load(std::memory_order_seq_cst) == 0)
    return;
  std::lock_guard lock{standing_mutex_};
  for (auto* s : standing_) {
    if (s->key != key)
      continue;
    s->woken.store(1, std::memory_order_release);
    futex_wake(s->woken);
  }
}

void polling_duty::poll_now() {
  if (!try_take()) {
    bell_.ring();
    return;
  }
  bell_.stay_awake();
  for (int turns = 0; turns < turns_at_once && poll_once(); ++turns) {
  }
  leave(); // sees to it that what is left is polled
}

void polling_duty::wake_scheduler() {
  if (scheduler_parked_.load(std::memory_order_seq_cst)) {
    bell_.wake(doorbell::scheduler_seat);
  } else if (idle_count_.load(std::memory_order_seq_cst) != 0) {
    std::lock_guard lock{idle_mutex_};
    idle_.notify_one();
  }
}

void polling_duty::wake_all_schedulers() {
  bell_.wake(doorbell::scheduler_seat);
  bell_.wake(doorbell::driver_seat);
  {
    std::lock_guard lock{standing_mutex_};
    for (auto* s : standing_) {
      s->woken.store(1, std::memory_order_release);
      futex_wake(s->woken);
    }
  }
  std::lock_guard lock{idle_mutex_};
  idle_.notify_all();
}

void polling_duty::run_scheduler(const std::atomic<bool>& stop) {
  runs_actors = true;
  unsigned turns = 0;
  while (!stop.load(std::memory_order_acquire))
    if (!actors_.run_one())
      scheduler_turn(stop);
    else if (++turns % turns_between_polls == 0)
      poll_between_turns();
  runs_actors = false; // a child's main thread goes on
}

void polling_duty::poll_between_turns() {
  if (!try_take())
    return; // somebody else polls
  bell_.stay_awake();
  if (poll())
    meter_.worked();
  leave();
}

void polling_duty::scheduler_turn(const std::atomic<bool>& stop) {
  if (!try_take()) {
    idle_scheduler(stop);
    return;
  }
  bell_.stay_awake();
  const bool leave_it_to_drivers = drivers_about();
  const bool for_a_moment = leave_it_to_drivers && visits_.load(std::memory_order_relaxed) !=
                                                       visits_lingered_for_.load(std::memory_order_relaxed);
  while (!stop.load(std::memory_order_acquire)) {
    if (poll()) {
      meter_.worked();
      break;
    }
    if (actors_.has_ready() || standing_count_.load(std::memory_order_relaxed) != 0)
      break;
    if (leave_it_to_drivers || !meter_.look_again(links_)) {
      park_scheduler(stop, for_a_moment);
      return;
    }
  }
  leave();
}

bool polling_duty::drivers_about() {
  const auto now = std::chrono::steady_clock::now();
  if (std::exchange(drives_seen_, drives_) != drives_)
    drivers_expected_until_ = now + expectation;
  return now < drivers_expected_until_;
}

void polling_duty::park_scheduler(const std::atomic<bool>& stop, bool for_a_moment) {
  if (scheduler_parked_.exchange(true, std::memory_order_seq_cst)) { // another scheduler thread has the seat
    leave();                                                         // and is rung from now on
    wait_for_actors(stop);
    return;
  }
  if (for_a_moment) {
    linger(stop);
    return;
  }
  const auto seen = bell_.announce_sleep(doorbell::scheduler_seat);
  const bool sleep = !links_.has_input() && !actors_.has_ready() && !stop.load(std::memory_order_seq_cst);
  if (!sleep)
    bell_.stay_awake();
  held_.store(false, std::memory_order_seq_cst);
  const bool handed_over = wake_one_stander_by();
  if (sleep) {
    if (!handed_over)
      own_entry_.awake.store(0, std::memory_order_relaxed);
    bell_.sleep(doorbell::scheduler_seat, seen, no_deadline);
    own_entry_.awake.store(1, std::memory_order_relaxed);
  }
  leave_seat();
}

// Drivers come and go: the peers need not ring, and the drivers need not see to it that they do, as long as one comes
// within every moment. When none has, this thread looks itself, and is rung from then on.
void polling_duty::linger(const std::atomic<bool>& stop) {
  const auto seen = bell_.seat_state(doorbell::scheduler_seat);
  lingers_.store(true, std::memory_order_seq_cst);
  held_.store(false, std::memory_order_seq_cst);
  wake_one_stander_by();
  for (auto visits = visits_lingered_for_.load(std::memory_order_relaxed);;) {
    if (actors_.has_ready() || stop.load(std::memory_order_seq_cst) ||
        bell_.seat_state(doorbell::scheduler_seat) != seen)
      break;
    if (const auto now = visits_.load(std::memory_order_relaxed); std::exchange(visits, now) == now) {
      visits_lingered_for_.store(now, std::memory_order_relaxed);
      break;
    }
    bell_.sleep(doorbell::scheduler_seat, seen, std::chrono::steady_clock::now() + moment);
  }
  lingers_.store(false, std::memory_order_seq_cst);
  leave_seat();
}

void polling_duty::leave_seat() {
  scheduler_parked_.store(false, std::memory_order_seq_cst);
  if (idle_count_.load(std::memory_order_seq_cst) == 0)
    return;
  std::lock_guard lock{idle_mutex_}; // another scheduler thread may sit down
  idle_.notify_one();
}

// Somebody else polls. The first scheduler thread sits down on its seat of the doorbell all the same, where a
// driver that leaves can arm the bell on its behalf without waking it; others wait for actors to run.
void polling_duty::idle_scheduler(const std::atomic<bool>& stop) {
  const auto needed = [&] {
    return stop.load(std::memory_order_seq_cst) || actors_.has_ready() ||
           !held_.load(std::memory_order_seq_cst);
  };
  // Read before it is said that somebody sits here: from then on a driver that leaves may arm the bell and find
  // input, or a peer may ring it, and either wake must be seen.
  const auto seen = bell_.seat_state(doorbell::scheduler_seat);
  if (!scheduler_parked_.exchange(true, std::memory_order_seq_cst)) {
    if (!needed())
      bell_.sleep(doorbell::scheduler_seat, seen, no_deadline);
    leave_seat();
    return;
  }
  wait_for_actors(stop);
}

void polling_duty::wait_for_actors(const std::atomic<bool>& stop) {
  std::unique_lock lock{idle_mutex_};
  idle_count_.fetch_add(1, std::memory_order_seq_cst);
  idle_.wait(lock, [&] {
    return !scheduler_parked_.load(std::memory_order_seq_cst) || actors_.has_ready() || stop;
  });
  idle_count_.fetch_sub(1, std::memory_order_seq_cst);
}

} // namespace troupe::detail
