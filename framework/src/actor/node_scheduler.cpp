// SPDX-License-Identifier: BSD-3-Clause
// The scheduler threads of a process: what they run, and who waits.
#include "actor/batch_clock.hpp"
#include "actor/node_environment.hpp"
#include "actor/node_state.hpp"

#include <troupe/actor_info.hpp>
#include <troupe/detail/actor_system.hpp>

#include <csignal>
#include <iostream>
#include <string>
#include <system_error>
#include <utility>

namespace troupe::detail {

namespace {

// A job that blocks from one look to the next is late: longer than a turn may be, or than a thread loses its core for.
constexpr std::chrono::milliseconds look_rhythm{20};

} // namespace

void node::state::post(std::function<void()> job) {
  {
    std::lock_guard lock{posted_mutex};
    posted.push_back(std::move(job));
    posted_count.store(posted.size());
  }
  wake_scheduler();
}

// Bounded actors come before callbacks, which may take any time, and callbacks before other actors.
bool node::state::run_one() {
  auto ran = job_run::none;
  if (posted_count.load(std::memory_order_relaxed) != 0) [[unlikely]]
    ran = seam.run_bounded() ? job_run::in_time : run_posted();
  if (ran == job_run::none)
    ran = seam.run_one();
  batch_clock::job_done();
  if (ran == job_run::late) [[unlikely]]
    rest();
  return ran != job_run::none;
}

job_run node::state::run_posted() {
  std::function<void()> job;
  {
    std::lock_guard lock{posted_mutex};
    if (posted.empty())
      return job_run::none;
    job = std::move(posted.front());
    posted.pop_front();
    posted_count.store(posted.size());
  }
  const auto guarded = [&job] {
    try {
      job();
    } catch (const std::exception& e) {
      std::cerr << "troupe: a callback threw: " << e.what() << '\n';
    } catch (...) {
      std::cerr << "troupe: a callback threw something that is not a std::exception\n";
    }
  };
  return seam.run_callback(guarded);
}

void node::state::start_scheduler_threads(std::size_t count) {
  std::lock_guard lock{schedulers_mutex};
  wanted_schedulers = count;
  for (std::size_t i = 0; i < count; ++i)
    start_scheduler_thread();
}

// REQUIRES: schedulers_mutex is held. Errors: std::system_error.
void node::state::start_scheduler_thread() {
  if (scheduler_count.load() != 0)
    seam.share(true);
  std::thread started{[this] {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, nullptr); // signals are for the user's threads
    const node_environment::at_home here{*world};
    seam.enter_scheduler_thread();
    duty.run_scheduler(stop);
    seam.leave_scheduler_thread();
    std::lock_guard lock{schedulers_mutex};
    ++schedulers_left;
    scheduler_left.notify_one();
  }};
  scheduler_count.fetch_add(1);
  scheduler_threads.push_back(std::move(started));
}

void node::state::stop_scheduler_threads() {
  std::vector<std::thread> threads;
  {
    std::lock_guard lock{schedulers_mutex}; // none is started from now on
    stop.store(true);
    threads.swap(scheduler_threads);
  }
  wake_all_schedulers();
  if (watch) // a child is killed when it takes too long
    log_late_handlers(threads.size());
  for (auto& t : threads)
    t.join();
  world->wait_for_guests();
  while (run_posted() != job_run::none) { // somebody may wait for what it resolves
  }
}

// A thread cannot be ended: all that can be done about a handler that does not return is to name it.
void node::state::log_late_handlers(std::size_t threads) {
  std::unique_lock lock{schedulers_mutex};
  if (scheduler_left.wait_until(lock, deadline_after(options.shutdown_timeout),
                                [&] { return schedulers_left == threads; }))
    return;
  lock.unlock();
  std::string names;
  for (const auto& a : system->actors())
    if (a.state == actor_state::running)
      names += (names.empty() ? "" : ", ") + a.name + " (" + a.class_name + ")";
  std::cerr << "troupe: the runtime cannot end before a handler returns: "
            << (names.empty() ? std::string{"a callback, perhaps"} : "of " + names) + '\n';
}

void node::state::wake_scheduler() {
  duty.wake_scheduler();
  const auto count = scheduler_count.load(std::memory_order_seq_cst);
  if (count != 0 && seam.threads_away() >= count)
    add_scheduler_thread();
}

// `stop` was set.
void node::state::wake_all_schedulers() {
  duty.wake_all_schedulers();
  std::lock_guard lock{schedulers_mutex};
  rest_over.notify_all();
}

void node::state::add_scheduler_thread() {
  constexpr std::size_t most = 4096; // handlers that wait at once; more find out by their deadlines
  std::lock_guard lock{schedulers_mutex};
  const auto count = scheduler_count.load();
  if (stop.load() || seam.threads_away() < count || recall_scheduler_thread() || count >= most)
    return;
  try {
    start_scheduler_thread();
  } catch (const std::system_error&) {
    // For now there is none to be had: those that wait find out by their deadlines.
  }
}

// REQUIRES: schedulers_mutex is held.
bool node::state::recall_scheduler_thread() {
  if (resting == recalled)
    return false;
  ++recalled;
  seam.end_rest();
  seam.share(true);
  rest_over.notify_one();
  return true;
}

bool node::state::has_thread_to_spare() const {
  return scheduler_count.load() > wanted_schedulers + seam.threads_away();
}

// Another thread has taken the place of this one, whose job was late. That stays: with fewer threads an actor that is made
// ready need not wake another one.
void node::state::rest() {
  if (!has_thread_to_spare())
    return;
  seam.begin_rest();
  std::unique_lock lock{schedulers_mutex};
  ++resting;
  if (scheduler_count.load() < wanted_schedulers + seam.threads_away()) // so had another one by now
    recall_scheduler_thread();
  else if (wanted_schedulers == 1)
    seam.share(false);
  rest_over.wait(lock, [this] { return recalled != 0 || stop.load(); });
  --resting;
  if (recalled != 0)
    --recalled;
  else
    seam.end_rest();
  lock.unlock();
  batch_clock::job_done(); // what comes next does not begin where that job ended
}

// A handler may take as long as it likes, but others of its process are not to wait for it.
void node::state::watch_jobs() {
  try {
    world->wake_at(std::chrono::steady_clock::now() + look_rhythm);
  } catch (const std::system_error&) {
    // No thread is to be had for the alarm clock, so none for another scheduler thread either.
  }
}

// While there are jobs, and once more: one may have begun while this found none.
steady_time node::state::look_at_jobs(steady_time now) {
  if (!seam.is_watched() && !looks_once_more)
    return forever_from_now;
  if (now < jobs_looked_at + look_rhythm)
    return jobs_looked_at + look_rhythm;
  jobs_looked_at = now;
  const auto seen = seam.look_at_jobs();
  // At once: a job that begins between two steps would be taken for watched.
  looks_once_more = seam.exchange_watched(seen.any) && !seen.any;
  if (seen.late && seam.threads_away() >= scheduler_count.load())
    add_scheduler_thread();
  return seen.any || looks_once_more ? now + look_rhythm : forever_from_now;
}

namespace {

// A handler that waits keeps its thread from running others: another thread does, while this lives.
class standing_aside {
 public:
  explicit standing_aside(node::state& n) : n_{n}, schedules_{n.seam.begin_wait()} {
    if (!schedules_)
      return;
    if (n_.has_ready())
      n_.wake_scheduler();
  }
  ~standing_aside() {
    if (schedules_)
      n_.seam.end_wait();
  }
  standing_aside(const standing_aside&) = delete;
  standing_aside& operator=(const standing_aside&) = delete;

 private:
  node::state& n_;
  bool schedules_;
};

} // namespace

bool node::state::wait_aside(const void* key, function_ref<bool()> done, steady_time deadline) {
  const standing_aside me{*this};
  return duty.wait(key, done, deadline);
}

void node::state::drive_aside(function_ref<bool()> condition, steady_time deadline) {
  const standing_aside me{*this};
  duty.drive_while(condition, deadline);
}

bool node::state::wait(const void* key, function_ref<bool()> done, steady_time deadline) {
  bool was_done = done();
  if (was_done)
    return true;
  // Not asked again once it was true: room in a mailbox, say, may be taken by another who waits for it. And nobody
  // runs the others once the node stops: who waits for them would wait for ever.
  const auto over = [&] { return (was_done = was_done || done()) || stop.load(); };
  wait_aside(key, over, deadline);
  return was_done;
}

} // namespace troupe::detail
