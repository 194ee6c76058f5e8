// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "stage/seeded_random.hpp"
#include "stage/stage_process.hpp"
#include "stage/wire.hpp"

#include <troupe/detail/acting_system.hpp>
#include <troupe/detail/actor_system.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace troupe::detail {

/// The way from one simulated process to another.
struct wire_id {
  process_id from = 0;
  process_id to = 0;

  auto operator<=>(const wire_id&) const = default;
};

/// The simulated processes of a stage, the wires between them, and the time. Everything that could happen next is a
/// choice; `run_one` draws one of them. While code of an actor waits, the stage goes on underneath it, on the same
/// stack: an actor in the middle of a handler is no choice. Nor is a supervisor above one that waits, as long as there
/// is another: it would wait for that in turn, on top of it, and neither could go on.
///
/// Threads: the one that made it.
class stage_world {
 public:
  explicit stage_world(std::uint64_t seed);
  /// Ends all processes, the youngest first.
  ~stage_world();
  stage_world(const stage_world&) = delete;
  stage_world& operator=(const stage_world&) = delete;

  stage_process& of_test() const { return *processes_.front(); }
  std::uint64_t seed() const { return seed_; }
  steady_time now() const { return now_; }
  std::uint64_t steps() const { return steps_; }
  std::uint64_t random() { return random_.bits(); }
  void limit_steps(std::size_t most) { steps_at_most_ = most; }
  void on_step(std::function<void(const std::string&)> observer) { observer_ = std::move(observer); }

  // Running: stage_world.cpp, stage_time.cpp.

  /// False when nothing is runnable now.
  bool run_one();
  std::size_t run_until_idle();
  /// False when it is idle before `done`.
  bool run_until_idle_or(function_ref<bool()> done);
  void advance_to(steady_time target);
  enum class result { done, late, stuck };
  /// Until `done`, at most to `deadline`; `stuck` when nothing can happen any more, ever.
  result run_until(function_ref<bool()> done, steady_time deadline);
  void call_at(steady_time at, std::function<void()> what);

  // Processes: stage_processes.cpp.

  bool has(process_id process) const { return process < processes_.size(); }
  /// Errors: usage_error when there is none of that number.
  stage_process& at(process_id process) const;
  std::vector<process_id> living() const;
  stage_process& start_process(const std::string& name);
  void kill(process_id process, process_exit how);
  /// Errors: usage_error when one of them is no process, or both are the same.
  wire& between(wire_id ends);
  std::vector<std::string> leftovers() const;

  // What the environments of its processes call.

  void make_ready(const std::shared_ptr<stage_process>& where, std::shared_ptr<actor_host> host);
  void send(wire_id on, parcel&& what);
  /// Errors: usage_error when it can never end; stopped when `by` was killed meanwhile.
  bool wait(const stage_process& by, function_ref<bool()> done, steady_time deadline);

  /// Errors: usage_error on another thread than the one that made it.
  void check_thread() const;

 private:
  struct ready_host {
    std::shared_ptr<stage_process> where;
    std::shared_ptr<actor_host> host;
  };
  struct choice {
    enum class kind { host, wire, posted, scripted } what;
    std::size_t index = 0; // of the host in ready_; the process that has posted
    wire_id way{};
  };
  class step_meter;

  struct wait_on_stack {
    function_ref<bool()> done;
    actor_host* by; // null: no actor
  };

  std::vector<choice> choices(bool all) const;
  bool is_above_a_wait(actor_host& host) const;
  bool take_step(bool all);
  bool perform(const choice& c);
  bool run_host(std::size_t index);
  void deliver(wire_id way);
  void run_posted(process_id process);
  void run_scripted();
  template <class F>
  void act_as(stage_process& process, F&& f);
  template <class Describe, class Undo>
  void observe(Describe describe, Undo undo);

  void ring_due();
  void move_to(steady_time at);
  steady_time next_event() const;
  bool receives(process_id process) const;
  std::string why_stuck() const;

  stage_process& add_process(const std::string& name);
  void settle();
  void silence(stage_process& process, process_exit how, bool loses_messages);
  void end_in_order(stage_process& process, const char* why);
  void destroy(stage_process& process);
  void forget_work_of(const stage_process& process);

  const std::uint64_t seed_;
  const std::thread::id thread_ = std::this_thread::get_id();
  seeded_random random_;
  steady_time now_{};
  std::uint64_t steps_ = 0;
  std::size_t steps_at_most_ = 1'000'000; // of one call
  bool ending_ = false;
  std::function<void(const std::string&)> observer_;

  std::vector<std::shared_ptr<stage_process>> processes_;      // by number
  std::vector<ready_host> ready_;                              // in the order in which they became so
  std::map<wire_id, wire> wires_;                              // as far as they were used
  std::multimap<steady_time, std::function<void()>> scripted_; // what the test wants to do, and when
  std::vector<wait_on_stack> waits_;                           // the innermost last
  std::optional<acting_system> outside_; // this thread acts for the test, when for nobody else
};

} // namespace troupe::detail
