// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_id.hpp>
#include <troupe/detail/deadline.hpp>
#include <troupe/detail/excess_questions.hpp>
#include <troupe/detail/host_job.hpp>
#include <troupe/exit_reason.hpp>
#include <troupe/failure.hpp>
#include <troupe/spawn_options.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

namespace troupe::detail {

class actor_system;
class endpoint;

/// Seats have numbers of their own among those of actors.
inline constexpr actor_number first_seat_number = 0x4000'0000;
inline constexpr bool is_seat(actor_id id) {
  return id.number >= first_seat_number && id.number < 0xf000'0000;
}

/// Where an actor is to sit, and who sees to that. Numbers 0: nobody supervises it.
struct seating {
  actor_id seat{};
  actor_id supervisor{};
};

/// A message for a supervised actor that waits until somebody has taken the seat.
class held_message {
 public:
  virtual ~held_message() = default;
  /// On its way. What it throws is told by `refuse`.
  virtual void send(const endpoint& to) = 0;
  virtual void refuse(const failure& why) noexcept = 0;
  /// Only a message counts against the bound of the mailbox, waits for room or is dropped.
  virtual job_kind kind() const { return job_kind::message; }
  /// Where its answer will be; null when it is no question.
  virtual pending_reply* asker() const { return nullptr; }
};

/// The address of a supervised actor: it stays, and each restart puts another actor there. References name the seat.
///
///   vacant ──occupy──▶ taken ──vacate──▶ vacant           (messages wait while it is vacant: a restart is near)
///   vacant, taken ──close──▶ closed ──occupy──▶ taken     (nobody will come for now: messages are refused)
///
/// It is at home in the process of its supervisor, whose word counts. Other processes that refer to it have one, too,
/// which follows: the one at home tells it of each change. So messages always go straight to the actor.
///
/// Threads: any. `occupy`, `vacate` and `close` are called by one thread at a time: the supervisor's actor, elsewhere
/// the thread on polling duty.
class seat {
 public:
  enum class state : std::uint8_t {
    vacant = 0,
    taken = 1,
    closed = 2
  }; // wire values: stable; never renumber

  seat(actor_id id, actor_system& system, mailbox_options bound);
  ~seat();
  seat(const seat&) = delete;
  seat& operator=(const seat&) = delete;

  actor_id id() const { return id_; }
  /// Null when nobody sits there.
  std::shared_ptr<endpoint> occupant() const;
  /// Nobody does, and somebody is to come: a restart is near.
  bool is_vacant() const;
  /// Empty when it is not closed.
  std::optional<exit_reason> reason_of_closing() const;
  /// Waits for one. Null when the seat is closed, at the deadline, or after a long wait.
  std::shared_ptr<endpoint> wait_for_occupant(steady_time deadline);

  /// To who sits there, now or after the restart.
  /// Errors: queue_full as the overflow policy of the mailbox says, unless `refused_quietly`, when `refuse` tells it.
  void send(std::unique_ptr<held_message> message, bool refused_quietly);

  /// Hands over what waits, in order, before anything that is sent from now on.
  void occupy(std::shared_ptr<endpoint> who);
  /// `whom` has left: nothing happens if another sits there by now.
  void vacate(actor_id whom);
  void vacate_if_in(process_id process);
  void vacate();
  void close(exit_reason why);

  // At home.
  /// False: whoever sits there is the last, and its name is free when it has ended.
  void expect_successor(bool yes) { expects_successor_.store(yes, std::memory_order_release); }
  bool expects_successor() const { return expects_successor_.load(std::memory_order_acquire); }
  /// Another incarnation is being started: what becomes of the process of the last is of no interest any more.
  void await_occupant();
  /// Where whoever sits there is, or was that sat there last; its own while the next is being started.
  process_id last_process() const;
  /// Tells that process of the present state and of each change.
  void add_follower(process_id process);
  void drop_follower(process_id process);

 private:
  void take_out(actor_id whom);
  void hold(std::unique_ptr<held_message> message);
  std::unique_ptr<held_message> take_held(std::deque<std::unique_ptr<held_message>>::iterator which);
  bool is_full() const { return state_ == state::vacant && counted_ >= bound_.capacity; }
  bool is_patient(const held_message& message) const;
  excess_questions::verdict exceed(const held_message& message);
  bool wait_for_room(std::unique_lock<std::mutex>& lock, steady_time deadline);
  bool make_room(std::unique_lock<std::mutex>& lock, std::unique_ptr<held_message>& message,
                 excess_questions::verdict how, bool quietly);
  void tell_followers();
  void tell(process_id follower);
  failure why_closed() const;

  const actor_id id_;
  actor_system& system_; // held by every endpoint that leads here
  const mailbox_options bound_;

  std::atomic<bool> expects_successor_{true};

  mutable std::mutex mutex_; // guards what follows
  state state_ = state::vacant;
  std::shared_ptr<endpoint> occupant_; // while taken
  actor_id arriving_{};                // whom `occupy` is about to seat
  actor_id left_early_{};              // who had ended before that
  process_id last_process_;
  exit_reason why_{}; // closed: the reason
  std::deque<std::unique_ptr<held_message>> held_;
  std::size_t counted_ = 0; // of those that are messages
  excess_questions excess_; // since somebody arrived, or it was closed
  std::set<process_id> followers_;
};

} // namespace troupe::detail
