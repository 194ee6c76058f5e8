// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_id.hpp>
#include <troupe/detail/begun_questions.hpp>
#include <troupe/detail/coroutine_list.hpp>
#include <troupe/detail/endpoint.hpp>
#include <troupe/detail/excess_questions.hpp>
#include <troupe/detail/function_ref.hpp>
#include <troupe/detail/host_figures.hpp>
#include <troupe/detail/host_job.hpp>
#include <troupe/detail/job_queue.hpp>
#include <troupe/detail/mailbox_growth.hpp>
#include <troupe/detail/open_question.hpp>
#include <troupe/detail/responder.hpp>
#include <troupe/detail/runner.hpp>
#include <troupe/detail/seat.hpp>
#include <troupe/detail/taken_jobs.hpp>
#include <troupe/exit_reason.hpp>
#include <troupe/spawn_options.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>
#include <unordered_map>
#include <vector>

namespace troupe {
class actor;
struct actor_info;
} // namespace troupe

namespace troupe::detail {

class message_trace;

[[noreturn]] void throw_wrong_actor(const actor_host& host, const std::type_info& wanted);
void log_wrong_actor(const actor_host& host, const std::type_info& wanted);
/// Of the exception being handled. `message`: whose arguments do not load.
void log_unloadable(const actor_host& host, std::string_view message);

/// Has the actor end after the current job, because of the exception being handled, which is logged.
/// `message`: whose handler threw.
void end_by_current_exception(actor_host& host, std::string_view message) noexcept;

/// Runs one actor: its mailbox, the object itself, its coroutines, its timers, and who waits for its end.
///
///   made ──start──▶ running ──(stop, an exception)──▶ ended
///
/// `mutex_` guards the mailbox and `ended_`; the rest belongs to the thread that runs the actor: one at a time,
/// handed over by whoever schedules it. That thread takes all that waits at once and needs the lock for the next batch
/// only; so it tells how many messages it has begun, and looks whether anybody waits for room, without the lock:
///
///   runs:   counts a message as begun; then held_back_?
///   waits:  held_back_ = true; then how many are begun?      one of the two sees what the other wrote (seq_cst)
class actor_host final : public turn_taker, public std::enable_shared_from_this<actor_host> {
 public:
  actor_host(std::shared_ptr<actor_system> system, actor_id id, spawn_options options, seating place = {});
  ~actor_host() override;
  actor_host(const actor_host&) = delete;
  actor_host& operator=(const actor_host&) = delete;

  /// The host whose actor this thread is running; null outside of actors.
  static actor_host* running();
  /// The same. Errors: usage_error outside of actors.
  static actor_host& of_this_thread(const char* what_for);

  const std::shared_ptr<actor_system>& system() const { return system_; }
  actor_id id() const { return id_; }
  actor_id seat() const { return place_.seat; }
  /// As which it is referred to: its seat, or itself.
  actor_id address() const { return is_seated() ? place_.seat : id_; }
  bool is_seated() const { return place_.seat.number != 0; }
  /// Its name, or "actor process.number".
  std::string label() const;
  /// Whether `find` finds it by its name. The name of a supervised actor is that of its seat.
  bool is_named() const { return !options_.name.empty() && !is_seated(); }

  // Any thread.

  /// Who puts something into a mailbox, and what happens when it is full.
  enum class sender {
    asks,      // may exceed the bound, or wait for room; learns by the answer that there was none
    tells,     // may wait for room; an exception says that there was none
    elsewhere, // in another process: has waited there
  };

  /// Into the mailbox. What does not get in is refused.
  /// Errors: queue_full (overflow_policy::reject, or after a long wait for room; `sender::tells`).
  void push(std::unique_ptr<host_job> job, sender from = sender::asks);
  /// A message of another process. Returns whether that is to be told to stop: once, until it is told to go on.
  bool push_from(process_id process, std::unique_ptr<host_job> message);
  /// Whether a process is to send nothing for now.
  bool stops(process_id process) const;
  void stop(exit_reason reason);
  /// Messages that come from now on are refused; those that are there are handled.
  void admit_no_more();
  /// Ends it for everybody else, at once: it does not react to `stop`. What is left of it goes when its handler returns.
  void abandon(exit_reason reason);
  /// Has it end with the other, if that ends abnormally.
  void follow_soon(std::shared_ptr<endpoint> other);
  /// `watcher` is answered with the exit_reason once the actor has ended.
  void watch(responder watcher);
  /// The asker of that question, in another process, does not wait any more.
  void unwatch(question_origin watcher);
  bool ended() const;
  std::size_t mailbox_size() const;
  /// What can be seen of it; which process it is in is for others to say.
  actor_info info() const;

  // Whoever starts it.

  /// Makes the object and calls its on_start. Errors: what these throw; the actor has ended then.
  void start(function_ref<std::unique_ptr<actor>()> make);

  // The thread that runs it.

  /// Handles up to so many jobs. Idle: whoever pushes next has it scheduled, and the caller is done with it.
  after_turn run(std::size_t at_most);
  after_turn take_turn() override;
  /// Ends after the current job.
  void end_after_this(exit_reason reason);
  /// The same, with this reason whatever the job had asked for before.
  void fail_after_this(exit_reason reason);
  /// Ends now, before anything that waits. Called instead of `run`.
  void end(exit_reason reason);
  /// The same for an actor whose process was killed: without its on_stop.
  void vanish(exit_reason reason);

  bool has_object() const { return object_ != nullptr; }
  /// The object as the class that a reference says it is. Errors: usage_error when it is not.
  template <class A>
  A& object() {
    if (!is<A>())
      throw_wrong_actor(*this, typeid(A));
    return *static_cast<A*>(checked_pointer_);
  }
  template <class A>
  bool is() {
    if (checked_as_ != &typeid(A)) [[unlikely]] {
      auto* object = dynamic_cast<A*>(object_.get());
      if (!object)
        return false;
      checked_pointer_ = object;
      checked_as_ = &typeid(A);
    }
    return true;
  }

  /// An end that a monitor or a link of this actor waits for. When this actor ends first, it does not wait any more.
  /// Returns its number among them.
  std::uint64_t add_awaited(std::shared_ptr<pending_reply> end);
  void drop_awaited(std::uint64_t number) { awaited_.erase(number); }

  /// A handler begins. Should the actor be given up before it has answered, whoever asked is told. False: it was
  /// given up already, and the handler is not to be called. REQUIRES: is_seated().
  bool begin_answer(responder& to);
  void handler_returned() { begun_->note_returned(); }

  /// Is told of the end of this actor, if it is still there.
  void keep_open(std::weak_ptr<open_question> question);

  /// Has it end with the other, from this thread.
  void follow(const std::shared_ptr<endpoint>& other);

  /// Coroutines that have not finished: destroyed with the actor.
  void keep(listed_coroutine& coroutine) { coroutines_.add(coroutine); }
  void drop(listed_coroutine& coroutine) { coroutines_.remove(coroutine); }

  /// Timers. `period` zero: once.
  std::uint64_t set_timer(steady_time at, std::chrono::nanoseconds period, std::function<void()> then);
  void cancel_timer(std::uint64_t timer);
  void timer_due(std::uint64_t timer);

  /// Has the job pushed here when it is due.
  std::uint64_t push_at(steady_time at, std::unique_ptr<host_job> job);
  /// Nothing happens when it was pushed already.
  void cancel_push(std::uint64_t alarm);

 private:
  class waiting_sender;

  struct timer_entry {
    std::uint64_t alarm;
    std::chrono::nanoseconds period;
    steady_time at;
    std::function<void()> then;
  };

  /// What is to be told of the end.
  struct leavings {
    job_queue unhandled;
    std::vector<responder> watchers;
    std::vector<process_id> stopped;
    std::vector<begun_question> begun;
  };

  bool admit(std::unique_lock<std::mutex>& lock, std::unique_ptr<host_job> job, sender from);
  void wake(std::unique_lock<std::mutex>& lock);
  bool has_stopped(process_id process) const;
  bool hold_back(process_id process);
  bool make_room(std::unique_lock<std::mutex>& lock, std::unique_ptr<host_job>& job, sender from);
  std::unique_ptr<host_job> drop_oldest_message();
  /// Whoever has waited for room goes on when half of it is free: one message at a time, each would cost two threads'
  /// wake-ups.
  bool has_ample_room() const { return waiting_messages() <= options_.mailbox.capacity / 2; }
  std::uint64_t waiting_messages() const { return admitted_ - taken_.begun(); }
  bool is_full();
  void note_held_back() { held_back_.store(waiting_ != 0 || !stopped_.empty() || !excess_.empty()); }
  bool wait_for_room(std::unique_lock<std::mutex>& lock, steady_time deadline);
  bool block(std::unique_lock<std::mutex>& lock, const host_job& job, sender from);
  excess_questions::verdict exceed(pending_reply& question);
  std::unique_ptr<host_job> pop(bool& last);
  std::unique_ptr<host_job> pop_mailbox(bool& last);
  void let_go_on();
  bool rest();
  void leave_seat();
  void tidy_watchers();
  std::optional<leavings> close_mailbox(const exit_reason& reason, runner_ref* to_run = nullptr);
  void release();
  void fail_open_questions();
  void tell_end(leavings left, const exit_reason& reason);
  void run_jobs(std::size_t at_most, steady_time begun);
  steady_time begin_batch();
  void end_batch(steady_time begun);
  void look_at_mailbox(steady_time now);
  void say_goodbye(const exit_reason& reason) noexcept;
  failure down_failure() const;

  const std::shared_ptr<actor_system> system_;
  const actor_id id_;
  const spawn_options options_;
  const seating place_;

  mutable std::mutex mutex_;        // guards what follows, up to abandoned_
  job_queue mailbox_;               // behind those in taken_
  std::uint64_t admitted_ = 0;      // messages that got in and were not dropped
  std::uint64_t begun_seen_ = 0;    // how many were begun when it was last looked at: not for each message
  std::vector<process_id> stopped_; // processes that were told to send nothing more
  std::size_t waiting_ = 0;         // senders that wait for room
  excess_questions excess_;         // since there was ample room
  bool scheduled_ = true;           // somebody will call `run`; at first, whoever starts it
  bool admits_no_more_ = false;
  bool ended_ = false;
  exit_reason reason_; // once ended_
  std::vector<responder> watchers_;
  std::vector<question_origin> gone_watchers_; // of other processes; taken out of watchers_ by and by
  std::size_t tidy_watchers_at_ = 64;
  runner_ref runner_;      // told when there is something to do; empty before the start and after the end
  bool abandoned_ = false; // ended by another thread than its own

  std::atomic<bool> held_back_{false}; // waiting_, stopped_ or excess_ is not empty; written under mutex_
  taken_jobs taken_;                   // before those in mailbox_
  const std::unique_ptr<begun_questions> begun_; // null: nobody will give it up, as it has no supervisor

  std::unique_ptr<actor> object_;
  bool started_ = false; // its on_start may have been called
  const std::type_info* checked_as_ = nullptr;
  void* checked_pointer_ = nullptr;
  coroutine_list coroutines_;
  std::map<std::uint64_t, std::shared_ptr<pending_reply>> awaited_; // let go of in this order
  std::uint64_t awaited_made_ = 0;
  std::vector<std::weak_ptr<open_question>> open_questions_;
  std::size_t tidy_questions_at_ = 16;
  std::unordered_map<std::uint64_t, timer_entry> timers_;
  std::uint64_t timers_made_ = 0;
  std::optional<exit_reason> ending_;      // asked for by the current job
  std::optional<exit_reason> left_behind_; // abandoned meanwhile
  bool vanished_ = false;                  // no on_stop
  mailbox_growth growth_;

  host_figures figures_; // written by the thread that runs it, read by any
};

} // namespace troupe::detail
