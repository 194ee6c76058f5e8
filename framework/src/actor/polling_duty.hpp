// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "actor/link_table.hpp"
#include "actor/spin_meter.hpp"
#include "link/doorbell.hpp"

#include <troupe/detail/function_ref.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

namespace troupe::detail {

/// The actors that a polling thread may run.
class ready_actors {
 public:
  virtual ~ready_actors() = default;
  virtual bool run_local() = 0;       // what this thread made ready and may run
  virtual bool run_one() = 0;         // scheduler threads: any
  virtual bool has_ready() const = 0; // for scheduler threads
};

/// Who polls the links of this process. One thread at a time has the duty:
///
///   a scheduler thread, between jobs; parked on the scheduler's seat of the doorbell it does not hold
///     the duty, so that a thread that comes to wait can take it without waking anybody;
///   or a *driver*: any thread that waits for a completion. It delivers messages itself instead of
///     sleeping until another thread has; parked, it keeps the duty and sits on the driver's seat.
///
/// Further waiting threads stand by; a driver that leaves wakes one of them, or sees to it that the
/// scheduler is the one who is rung.
class polling_duty {
 public:
  polling_duty(doorbell& bell, roster_entry& own_entry, link_table& links, link_events& events,
               ready_actors& actors, spin_meter meter);

  /// Waits until `done`; drives meanwhile. False at the deadline. Any thread. Whoever makes `done` true
  /// calls `notify` with the same key.
  bool wait(const void* key, function_ref<bool()> done, steady_time deadline);

  /// The calling thread is in the middle of hearing others: it cannot wait for them.
  static bool is_within_poll();

  /// Polls and runs what it may while `condition` holds. For a thread whose message found no room.
  void drive_while(function_ref<bool()> condition, steady_time deadline = no_deadline);

  /// Wakes who waits with this key. Any thread.
  void notify(const void* key);

  /// Something was put where only polling finds it (a peer's end): polls now, or wakes who does.
  void poll_now();

  /// Runs actors and polls until `stop`. Scheduler threads.
  void run_scheduler(const std::atomic<bool>& stop);

  /// An actor is ready for the scheduler's threads.
  void wake_scheduler();

  /// `stop` was set: all threads of the scheduler are to see it, and those that wait.
  void wake_all_schedulers();

 private:
  struct stander_by {
    const void* key;
    std::atomic<std::uint32_t> woken{0};
  };

  bool try_take();
  void leave();
  std::optional<std::uint32_t> arm_scheduler();
  void leave_seat();
  bool wake_one_stander_by();
  bool drivers_about();
  bool poll();
  bool poll_once();
  bool run_local();
  void drive(function_ref<bool()> done, steady_time deadline);
  void park_driver(function_ref<bool()> done, steady_time deadline);
  void stand_by(const void* key, function_ref<bool()> done, steady_time deadline);
  void poll_between_turns();
  void scheduler_turn(const std::atomic<bool>& stop);
  void park_scheduler(const std::atomic<bool>& stop, bool for_a_moment);
  void linger(const std::atomic<bool>& stop);
  void idle_scheduler(const std::atomic<bool>& stop);
  void wait_for_actors(const std::atomic<bool>& stop);

  doorbell& bell_;
  roster_entry& own_entry_;
  link_table& links_; // duty holder only
  link_events& events_;
  ready_actors& actors_;
  spin_meter meter_; // duty holder only
  // Duty holder only. Where threads come to drive again and again, a scheduler thread that went on polling
  // between their visits would only be in their way.
  std::uint32_t drives_ = 0;
  std::uint32_t drives_seen_ = 0; // when a scheduler thread last had the duty
  steady_time drivers_expected_until_{};
  // Visits of drivers that run no actors and heard something; written by the duty holder. (A scheduler thread that waits
  // in a handler drives as well. That nobody else may come until it does again must not keep it from being rung.)
  std::atomic<std::uint32_t> visits_{0};
  // How many there were when a scheduler thread ceased to linger.
  std::atomic<std::uint32_t> visits_lingered_for_{0};

  std::atomic<bool> held_{false};
  std::atomic<bool> scheduler_parked_{false}; // a scheduler thread has its seat at the doorbell
  std::atomic<bool> lingers_{false};          // on which it sleeps for a moment only: nobody needs to ring

  std::mutex standing_mutex_; // guards standing_
  std::vector<stander_by*> standing_;
  std::atomic<std::size_t> standing_count_{0};

  std::mutex idle_mutex_; // for idle_: scheduler threads without anything to poll
  std::condition_variable idle_;
  std::atomic<std::size_t> idle_count_{0};
};

} // namespace troupe::detail
