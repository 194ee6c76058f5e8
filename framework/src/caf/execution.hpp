// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "actor/turn_clock.hpp"

#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>

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

/// CAF's scheduler module without threads: a queue of ready actors that our threads take from.
class coordinator final : public caf::scheduler::abstract_coordinator {
 public:
  explicit coordinator(caf::actor_system& sys) : abstract_coordinator{sys} {}

  void start() override {}
  void stop() override;
  bool detaches_utility_actors() const override { return false; }
  void enqueue(caf::resumable* job) override;
  caf::actor_clock& clock() noexcept override { return clock_; }

  caf::resumable* take();
  // Sequentially consistent: pairs with `enqueue` so that a thread about to sleep and one that makes an
  // actor ready cannot miss each other.
  bool has_ready() const { return ready_.load(std::memory_order_seq_cst) != 0; }
  void on_ready(std::function<void()> wake) { wake_ = std::move(wake); }

  /// There are several scheduler threads from now on.
  void share() { shared_.store(true, std::memory_order_relaxed); }
  bool is_shared() const { return shared_.load(std::memory_order_relaxed); }

  /// Tells systems apart that were built at the same address, one after the other.
  std::uint64_t generation() const { return generation_; }

 private:
  no_clock clock_;
  std::function<void()> wake_; // constant once actors run
  std::mutex mutex_;           // guards jobs_
  std::deque<caf::resumable*> jobs_;
  std::atomic<std::size_t> ready_{0}; // jobs_.size()
  std::atomic<bool> shared_{false};
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
class unit final : public caf::execution_unit {
 public:
  /// The calling thread's, for this system.
  static unit& current(caf::actor_system& sys);

  void exec_later(caf::resumable* job) override;
  bool run_local();
  /// Of these, bounded actors only: what everybody may wait for does not wait behind what takes any time.
  bool run_bounded();
  bool run_one(coordinator& central);
  void become_scheduler_thread() { is_scheduler_thread_ = true; }
  /// What it had made ready goes to others, or ends with the scheduler.
  void leave_scheduler_thread(coordinator& central);

  /// This thread is about to wait in the middle of a job: what it had made ready goes to others. False, with nothing
  /// done, when it is no scheduler thread.
  bool begin_wait(coordinator& central);
  void end_wait() { --waits_; }

  /// Runs something that is no actor's, but may take any time as well.
  void run_callback(const std::function<void()>& callback);

 private:
  class inside_job;

  caf::resumable* next_local();
  bool family_is_over();
  void end_family();
  void leave_all_to_others(coordinator& central);
  static void leave_to_others(std::deque<caf::resumable*>& jobs, coordinator& central);
  void share_surplus(coordinator& central);
  void run(caf::resumable* job);

  std::uint64_t generation_ = 0; // of the system this thread was last used for
  bool is_scheduler_thread_ = false;
  bool running_ = false; // inside an actor's handler, or a callback
  int waits_ = 0;        // inside waits within jobs
  unsigned turns_ = 0;
  std::deque<caf::resumable*> bounded_;
  std::deque<caf::resumable*> woken_;  // made ready by the job that runs
  std::deque<caf::resumable*> family_; // the others of the family whose turn it is
  std::deque<caf::resumable*> local_;  // all others
  unsigned family_turns_ = 0;
  turn_clock family_clock_{{}}; // since its second turn
};

} // namespace troupe::detail
