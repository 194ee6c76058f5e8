// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/actor_id.hpp>
#include <troupe/detail/endpoint.hpp>
#include <troupe/detail/excess_questions.hpp>
#include <troupe/detail/function_ref.hpp>
#include <troupe/detail/pending_reply.hpp>
#include <troupe/detail/responder.hpp>
#include <troupe/detail/seat.hpp>
#include <troupe/spawn_options.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::detail {

class actor_environment;
class message_trace;
class urgency;
struct alarm;
struct waiting;

/// Tags of messages between actors. Wire values: stable; never renumber.
enum class actor_tag : std::uint32_t {
  call = 0x7000'0001,    // u32 actor_method, u64 question (0: none), arguments
  watch = 0x7000'0002,   // u64 question
  stop = 0x7000'0003,    // exit_reason
  answer = 0x7000'0004,  // to a process: u64 question, value
  refuse = 0x7000'0005,  // to a process: u64 question, failure
  start = 0x7000'0006,   // to a process: u64 question, u32 actor_factory, name, mailbox_options, arguments
  link = 0x7000'0007,    // actor_id
  enroll = 0x7000'0008,  // to the supervisor: u64 question, name, actor_id
  find = 0x7000'0009,    // to the supervisor: u64 question, name
  process = 0x7000'000a, // to the supervisor: u64 question, name
  full = 0x7000'000b,    // to a process: u64 0, actor_number of the sender whose mailbox is full
  room = 0x7000'000c,    // to a process: u64 0, actor_number of the sender whose mailbox has room again
  // To the supervisor: u64 0, actor_number of the sender that needs its name no more, or of its seat there.
  leave = 0x7000'000d,
  sync = 0x7000'000e, // to a process: u64 question; answered at once, so what it had said before has arrived
  seat_follow = 0x7000'0010, // to a process: u64 0, actor_number of a seat there
  seat_now = 0x7000'0011,    // to a process: u64 0, actor_number of a seat here, state, actor_id, reason
  seat_left = 0x7000'0012,   // to a process: u64 0, actor_number of a seat there, actor_number here
  unwatch = 0x7000'0013,     // u64 question of a `watch` that need not be answered
  mark = 0x7000'0014,        // u64 number, see send_credit
  begun = 0x7000'0015, // to a process: u64 0, actor_number of the sender, u64 number of a mark it has come to
  give_up = 0x7000'0016,  // exit_reason: see actor_host::abandon
  kill = 0x7000'0017,     // to the supervisor: u64 0, process_id of one that the sender has given up
  forsaken = 0x7000'0018, // to a process: u64 0; whoever had it started has ended

  roll_call = 0x7000'0020, // to a process: u64 question; the answer is its actors, as std::vector<actor_info>
  trace_end = 0x7000'0021, // to a process: u64 question; answered when all it had recorded is in the file
};

inline constexpr std::uint32_t first_actor_tag = static_cast<std::uint32_t>(actor_tag::call);

/// Makes an actor with arguments from another process.
using actor_factory = std::unique_ptr<actor> (*)(byte_reader& arguments);

/// The actors of one process: who they are, how others are reached, and what they are asked.
/// Threads: any. Held by all that refers to it; after `close` it sends and delivers nothing.
class actor_system : public std::enable_shared_from_this<actor_system> {
 public:
  actor_system(process_id self, std::unique_ptr<actor_environment> environment);
  ~actor_system();
  actor_system(const actor_system&) = delete;
  actor_system& operator=(const actor_system&) = delete;

  /// That of this process, or of the simulated one this thread runs.
  /// Errors: usage_error when there is none.
  static std::shared_ptr<actor_system> current();
  static void set_current(std::shared_ptr<actor_system> system);

  process_id self() const { return self_; }
  actor_environment& environment() const { return *environment_; }
  /// The time by which its actors' timers and waits go: the system's, or a test's.
  steady_time now() const;
  /// An actor begins with a message from another process. Relaxed: read after the end of this process.
  void note_message(std::uint32_t method_index) const {
    if (last_message_)
      last_message_->store(method_index + 1, std::memory_order_relaxed);
  }
  /// Where messages are recorded when that is switched on; null in some tests.
  message_trace* trace() const { return trace_; }

  /// The endpoint of an actor, wherever it is; the same one for as long as somebody holds it.
  std::shared_ptr<endpoint> reach(actor_id id);
  /// The system of another process.
  std::shared_ptr<endpoint> peer(process_id process);
  /// Empty when no actor has that name. Errors: timeout_error.
  std::shared_ptr<endpoint> find(const std::string& name, steady_time deadline = forever_from_now);
  /// Errors: usage_error when another has it, which has not ended as far as anybody was told; timeout_error.
  void enroll(const std::string& name, actor_id id, steady_time deadline = forever_from_now);
  /// What it is enrolled under is free from now on.
  void leave_names(actor_id id);
  /// The same for an actor that ends: its own names, or those of its seat if it was the last there.
  void leave_names(const actor_host& host);

  /// Starts an actor in this process. `place`: of a supervised one; the supervisor puts it there.
  /// Errors: what making it throws; usage_error when the name is taken, or the mailbox has no room.
  std::shared_ptr<endpoint> spawn(spawn_options options, function_ref<std::unique_ptr<actor>()> make,
                                  seating place = {});
  /// Starts one in another process, as `options.place` says. Waits until it has started, or not so long: `sooner`.
  /// Errors: the same; spawn_error; timeout_error.
  std::shared_ptr<endpoint> spawn_elsewhere(spawn_options options, std::uint32_t factory,
                                            function_ref<void(byte_writer&)> arguments, seating place = {},
                                            urgency* sooner = nullptr);
  /// The process of an actor; of a supervised one, as soon as it has been (re)started.
  /// Errors: actor_down when it has ended for good, or takes very long; timeout_error.
  process_id process_of(actor_id id, steady_time deadline);
  /// Whether that place is in this process. Errors: the same.
  bool is_here(const placement& place, steady_time deadline);
  /// The same without waiting. Errors: also actor_down when nobody is there now.
  process_id process_now(actor_id id);

  /// A seat for actors that a supervisor of this process starts. It is there until `remove_seat`.
  /// Errors: usage_error when the mailbox has no room.
  std::shared_ptr<seat> add_seat(mailbox_options bound);
  void remove_seat(const seat& place);
  /// The actor ends: its seat is vacant.
  void leave_seat(const actor_host& host);
  /// For the seat: tells a process that follows it.
  void tell_seat(process_id follower, actor_id place, seat::state now, actor_id occupant,
                 const exit_reason& why);

  /// Returns whether it was the last one.
  bool ended(const actor_host& host, const exit_reason& reason);
  /// Why an actor of this process ended, if that was not too long ago; otherwise exit_kind::gone.
  exit_reason reason_of_end(actor_number number) const;
  bool is_empty() const;
  /// Of the actors in that process. REQUIRES: this is the supervisor.
  std::vector<std::string> names_in(process_id process) const;
  /// Of actors that have not ended, the oldest first.
  std::vector<std::shared_ptr<actor_host>> hosts() const;
  /// The actors of this process that have not ended. Any thread.
  std::vector<actor_info> actors() const;
  /// Tells a process that sends to an actor of this one to stop, or to go on.
  void tell_sender(process_id sender, const actor_host& host, bool full);
  /// Tells a process that an actor of this one has come to its mark.
  void tell_begun(process_id sender, actor_number actor, std::uint64_t mark);
  bool knows_end_of(process_id process) const;
  /// The same, but from the first moment, when its actors' names and seats have yet to be given back.
  bool knows_exit_of(process_id process) const;
  /// How a process ended; nothing but its default, when that was long ago.
  process_exit exit_of(process_id process) const;

  /// Enters a question to somebody elsewhere into the table. An answer to an ask of the program's that comes too late is
  /// counted; to what the framework asks for itself it is not.
  ask_number expect(std::shared_ptr<pending_reply> question, process_id asked, bool is_ask = false);
  /// Nobody waits any more.
  bool forget(ask_number question);
  /// Errors: queue_full after a long wait.
  void wait_for_room(const endpoint& to);
  /// A question for an actor that holds back: it may exceed the bound, or waits for room. False: it is not to be sent.
  /// Errors: the same.
  bool let_in(const endpoint& to, pending_reply& question);
  /// To be called after a question was sent: it may have gone to a process that had just ended.
  void check_alive(const endpoint& asked);
  /// How many are in the table.
  std::size_t questions() const;
  /// Answers that came too late.
  std::uint64_t late_answers() const;

  // The process's polling thread.
  void on_message(process_id from, actor_number target, std::uint32_t tag, payload&& body);
  /// How it ended, which is told afterwards: from now on, it gets no more names and seats.
  void note_exit(process_id process, const process_exit& exit);
  void on_process_ended(process_id process, const process_exit& exit);
  /// How the last of its actors have ended.
  std::vector<last_end> last_ends() const;

  std::uint64_t set_alarm(steady_time at, std::weak_ptr<actor_host> host, std::unique_ptr<host_job> job);
  void cancel_alarm(std::uint64_t alarm);
  /// Posts `job` at that time.
  void post_at(steady_time at, std::function<void()> job);
  /// Hands out the jobs that are due. Returns when the next will be.
  steady_time ring_alarms(steady_time now);
  /// When that is.
  steady_time next_alarm() const;
  /// Alarms of actors that have not ended.
  std::size_t alarms() const;

  /// Those used last for an actor and a seat: whoever comes later begins behind them.
  struct used_numbers {
    actor_number actor = 0;
    actor_number seat = 0;
  };
  used_numbers numbers() const;
  void begin_behind(used_numbers used);

  /// Its actors handle what they have been sent by now, and nothing that comes later.
  void admit_no_more();
  /// Ends all actors. REQUIRES: no other thread runs any.
  void end_all(const exit_reason& reason);
  /// The process is about to go: who still waits is told, and nothing is sent any more.
  void close();

 private:
  struct state;
  class hearing;
  std::uint64_t add_alarm(steady_time at, alarm what);
  void fail_asks_of(process_id process);
  process_id process_for(const spawn_options& options, steady_time deadline);
  void kill_process(process_id process);
  void on_own_message(process_id from, actor_tag tag, payload&& body);
  actor_host* receiver(actor_number number);
  const std::shared_ptr<endpoint>& asker(process_id process);
  void set_full(actor_id actor, bool full);
  void note_begun(actor_id actor, std::uint64_t mark);
  excess_questions::verdict admit(const endpoint& to, pending_reply& question);
  void on_start_request(process_id from, payload&& body);
  void on_process_request(process_id from, responder to, std::string name);
  void forget_wanted(process_id process);
  void forsake_processes_of(process_id asker);
  void on_forsaken();
  void on_enroll_request(responder to, const std::string& name, actor_id id);
  bool take_name(const std::string& name, actor_id id);
  process_id holder_of(const std::string& name) const;
  void hear_out(const std::string& name, steady_time latest);
  void on_leave(process_id from, actor_number number);
  void leave_name_of(const seat& place);
  std::shared_ptr<endpoint> reach_seat(actor_id id);
  void follow_seat(actor_id id, seat& place);
  std::shared_ptr<seat> known_seat(actor_id id) const;
  void on_seat_message(process_id from, actor_tag tag, byte_reader& in);
  void leave_seats_in(process_id process);
  void close_seats();
  template <class Answer, class Encode>
  Answer ask_process(process_id process, actor_tag tag, Encode encode, const waiting& how);

  const process_id self_;
  const std::unique_ptr<actor_environment> environment_;
  std::atomic<std::uint32_t>* const last_message_;
  message_trace* const trace_; // owned by environment_
  const std::unique_ptr<state> state_;
};

} // namespace troupe::detail
