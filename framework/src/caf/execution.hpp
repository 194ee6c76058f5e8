// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "actor/caf_seam.hpp"
#include "actor/turn_clock.hpp"
#include "caf/biased_lock.hpp"

#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <ctime>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace troupe::detail {

/// CAF's clock without timers: those are our own. CAF's has a ring of 64 places that somebody must empty:
/// every actor that ends puts its cancellation there, and the 65th would wait for ever.
class no_clock final : public caf::actor_clock {
 public:
  void set_ordinary_timeout(time_point, caf::abstract_actor*, caf::atom_value, std::uint64_t) override {}
  void set_multi_timeout(time_point, caf::abstract_actor*, caf::atom_value, std::uint64_t) override {}
  void set_request_timeout(time_point, caf::abstract_actor*, caf::message_id) override {}
  void cancel_ordinary_timeout(caf::abstract_actor*, caf::atom_value) override {}
  void cancel_request_timeout(caf::abstract_actor*, caf::message_id) override {}
  void cancel_timeouts(caf::abstract_actor*) override {}
  void schedule_message(time_point, caf::strong_actor_ptr, caf::mailbox_element_ptr) override {}
  void schedule_message(time_point, caf::group, caf::strong_actor_ptr, caf::message) override {}
  void cancel_all() override {}
};

class unit;

/// CAF's scheduler module without threads: a queue of ready actors that our threads take from.
class coordinator final : public caf::scheduler::abstract_coordinator {
 public:
  explicit coordinator(caf::actor_system& sys) : abstract_coordinator{sys} {}

  void start() override {}
  void stop() override;
  bool detaches_utility_actors() const override { return false; }
  void enqueue(caf::resumable* job) override;
  caf::actor_clock& clock() noexcept override { return clock_; }

  void enqueue_all(const std::deque<caf::resumable*>& jobs);
  caf::resumable* take();
  // Sequentially consistent: pairs with `enqueue` so that a thread about to sleep and one that makes an
  // actor ready cannot miss each other.
  bool has_ready() const { return ready_.load(std::memory_order_seq_cst) != 0; }
  void on_ready(std::function<void()> wake) { wake_ = std::move(wake); }

  /// Whether there are several scheduler threads that run actors.
  void share(bool several) { shared_.store(several, std::memory_order_relaxed); }
  bool is_shared() const { return shared_.load(std::memory_order_relaxed); }

  // The scheduler's threads, and how long their jobs take: see caf_seam.
  void enter(unit& thread);
  void leave(unit& thread);
  void on_unwatched_job(std::function<void()> watch) { watch_ = std::move(watch); }
  void note_job() {
    if (!watched_.load(std::memory_order_relaxed) && !watched_.exchange(true) && watch_) [[unlikely]]
      watch_();
  }
  bool exchange_watched(bool watched) { return watched_.exchange(watched); }
  bool is_watched() const { return watched_.load(); }
  jobs_seen look_at_jobs();
  /// How many of them run no actors for now.
  void note_away(int change) { away_.fetch_add(static_cast<std::size_t>(change)); }
  std::size_t threads_away() const { return away_.load(); }

  /// Tells systems apart that were built at the same address, one after the other.
  std::uint64_t generation() const { return generation_; }

 private:
  no_clock clock_;
  std::function<void()> wake_; // constant once actors run
  std::mutex mutex_;           // guards jobs_
  std::deque<caf::resumable*> jobs_;
  std::atomic<std::size_t> ready_{0}; // jobs_.size()
  std::atomic<bool> shared_{false};

  std::function<void()> watch_; // constant once actors run
  std::atomic<bool> watched_{false};
  std::mutex threads_mutex_; // guards threads_, and keeps them there
  std::vector<unit*> threads_;
  std::atomic<std::size_t> away_{0};

  const std::uint64_t generation_ = next_generation();
  static std::uint64_t next_generation();
};

/// A thread of ours in CAF's eyes. Actors made ready by this thread are queued here when it may run
/// them, otherwise with the coordinator. Where there are several scheduler threads, each keeps only the next one for
/// itself, as long as that is: its data is in this core's cache, and most handlers are over before another thread wakes.
///
/// A scheduler thread alone runs first those that a handler has made ready, in that order, then what was ready before:
/// so what one message brings about is over, and its memory free, before the next one begins. An actor and those that
/// are made ready by it, by them and so on are a family, which has as much time as one actor may have; what is left
/// of it then waits behind all others.
///
/// A job that may take any time, a user's, can be *late*: then what its thread has queued goes to others, and another
/// thread takes its place.
class unit final : public caf::execution_unit {
 public:
  /// The calling thread's, for this system.
  static unit& current(caf::actor_system& sys);

  void exec_later(caf::resumable* job) override;
  bool run_local();
  /// Of these, bounded actors only: what everybody may wait for does not wait behind what takes any time. REQUIRES: it
  /// is in no job.
  bool run_bounded();
  job_run run_one();
  void enter_scheduler_thread();
  /// What it had made ready goes to others, or ends with the scheduler.
  void leave_scheduler_thread();

  /// This thread is about to wait in the middle of a job: what it had made ready goes to others. False, with nothing
  /// done, when it is no scheduler thread.
  bool begin_wait();
  void end_wait();
  /// What it has queued goes to others. REQUIRES: it is in no job.
  void leave_all_to_others();

  /// Runs something that is no actor's, but may take any time as well.
  job_run run_callback(const std::function<void()>& callback);

  /// Is there a job in this thread that may be late? It is, if it was the same the last time and has blocked since, or
  /// has computed all the time for long: `queued` gets what this thread has queued then. Any thread.
  jobs_seen look(std::deque<caf::resumable*>& queued);

 private:
  class inside_job;

  caf::resumable* next_local();
  bool family_is_over();
  void end_family();
  std::deque<caf::resumable*>* queue_for(caf::resumable* job);
  bool is_inside_job() const { return job_.load(std::memory_order_relaxed) % 2 == 1; }
  /// For this thread: it has the lock_ if it has to.
  std::unique_lock<biased_lock> queues_locked();
  void take_unbounded(std::deque<caf::resumable*>& into);
  void take_all(std::deque<caf::resumable*>& into);
  void share_surplus();
  void pass_bounded_on();
  bool is_overdue(bool same_job);
  job_run how_it_ran() { return std::exchange(was_late_, false) ? job_run::late : job_run::in_time; }
  void run(caf::resumable* job);

  std::uint64_t generation_ = 0;   // of the system this thread was last used for
  coordinator* central_ = nullptr; // of that system
  bool is_scheduler_thread_ = false;
  bool running_ = false; // inside an actor's handler, or a callback
  unsigned turns_ = 0;

  // Odd: inside a job that may be late. Written by this thread; grows by 2 when it has waited in the middle of one.
  std::atomic<std::uint64_t> job_{0};

  // What follows is this thread's alone, but for whoever looks at a job of it: both have the lock then.
  biased_lock lock_;
  clockid_t cpu_clock_{};      // of this thread
  std::uint64_t seen_job_ = 0; // when somebody last looked; what follows as well
  std::chrono::nanoseconds seen_cpu_time_{0};
  int seen_computing_ = 0; // in so many looks
  bool late_ = false;      // the job of this thread
  bool was_late_ = false;
  int waits_ = 0; // inside waits within jobs
  std::deque<caf::resumable*> bounded_;
  std::deque<caf::resumable*> woken_;  // made ready by the job that runs
  std::deque<caf::resumable*> family_; // the others of the family whose turn it is
  std::deque<caf::resumable*> local_;  // all others
  unsigned family_turns_ = 0;
  turn_clock family_clock_{{}}; // since its second turn
};

} // namespace troupe::detail
