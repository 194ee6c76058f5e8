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

void node::state::post(std::function<void()> job) {
  {
    std::lock_guard lock{posted_mutex};
    posted.push_back(std::move(job));
    posted_count.store(posted.size());
  }
  wake_scheduler();
}

bool node::state::run_one() {
  const bool ran = seam.run_bounded() || run_posted() || seam.run_one();
  batch_clock::job_done();
  return ran;
}

bool node::state::run_posted() {
  if (posted_count.load(std::memory_order_relaxed) == 0)
    return false;
  std::function<void()> job;
  {
    std::lock_guard lock{posted_mutex};
    if (posted.empty())
      return false;
    job = std::move(posted.front());
    posted.pop_front();
    posted_count.store(posted.size());
  }
  try {
    seam.run_callback(job);
  } catch (const std::exception& e) {
    std::cerr << "troupe: a callback threw: " << e.what() << '\n';
  } catch (...) {
    std::cerr << "troupe: a callback threw something that is not a std::exception\n";
  }
  return true;
}

void node::state::start_scheduler_threads(std::size_t count) {
  std::lock_guard lock{schedulers_mutex};
  for (std::size_t i = 0; i < count; ++i)
    start_scheduler_thread();
}

// REQUIRES: schedulers_mutex is held. Errors: std::system_error.
void node::state::start_scheduler_thread() {
  if (scheduler_count.load() != 0)
    seam.share();
  std::thread started{[this] {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, nullptr); // signals are for the user's threads
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
  duty.wake_all_schedulers();
  if (watch) // a child is killed when it takes too long
    log_late_handlers(threads.size());
  for (auto& t : threads)
    t.join();
  world->wait_for_guests();
  while (run_posted()) { // somebody may wait for what it resolves
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
  if (count != 0 && waiting_count.load(std::memory_order_seq_cst) >= count)
    add_scheduler_thread();
}

void node::state::add_scheduler_thread() {
  constexpr std::size_t most = 4096; // handlers that wait at once; more find out by their deadlines
  std::lock_guard lock{schedulers_mutex};
  const auto count = scheduler_count.load();
  if (stop.load() || count >= most || waiting_count.load() < count)
    return;
  try {
    start_scheduler_thread();
  } catch (const std::system_error&) {
    // For now there is none to be had: those that wait find out by their deadlines.
  }
}

namespace {

// A handler that waits keeps its thread from running others: another thread does, while this lives.
class standing_aside {
 public:
  explicit standing_aside(node::state& n) : n_{n}, schedules_{n.seam.begin_wait()} {
    if (!schedules_)
      return;
    n_.waiting_count.fetch_add(1, std::memory_order_seq_cst);
    if (n_.has_ready())
      n_.wake_scheduler();
  }
  ~standing_aside() {
    if (!schedules_)
      return;
    n_.waiting_count.fetch_sub(1, std::memory_order_seq_cst);
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
