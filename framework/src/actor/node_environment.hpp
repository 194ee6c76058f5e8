// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "actor/actor_environment.hpp"
#include "actor/alarm_clock.hpp"
#include "actor/message_trace.hpp"
#include "actor/node_state.hpp"

#include <atomic>

namespace troupe::detail {

/// The real world of an actor_system: the node of its process. Once the node has left, nothing happens any more.
class node_environment final : public actor_environment {
 public:
  explicit node_environment(node::state& n);

  /// The scheduler has stopped. Waits for the other threads that wait here: they may be in the middle of running an actor.
  void wait_for_guests();
  /// The node has left. Waits for all threads that found it before, those that were sending something as well.
  void wait_for_visitors();
  /// The node is about to go: who comes from now on finds none.
  void leave();

  bool begin_visit() override;
  void end_visit() noexcept override;
  std::atomic<std::uint32_t>* last_message() override;
  runner_ref make_runner(std::shared_ptr<actor_host> host) override;
  void post(std::function<void()> job) override;
  mailbox_ref way_to(actor_id id) override;
  process_id start_process(const std::string& name) override;
  void last_actor_ended() override;
  bool wait(const void* key, function_ref<bool()> done, steady_time deadline) override;
  void notify(const void* key) override;
  void let_links_move(function_ref<bool()> condition, steady_time deadline) override;
  pid_t pid_of(process_id process) override;
  void kill_process(process_id process) override;
  std::uint64_t random() override;
  steady_time now() const override { return std::chrono::steady_clock::now(); }
  message_trace* trace() override { return &trace_; }
  void wake_at(steady_time at) override { clock_.set(at); }
  /// No alarm rings any more.
  void stop_timers() { clock_.stop(); }

  /// The calling thread is over before the node leaves, or is counted already: its visits within this are not. The two
  /// atomic steps for each cost 1,000 asks in flight 6 to 12 %.
  class at_home {
   public:
    explicit at_home(const node_environment& here);
    ~at_home();
    at_home(const at_home&) = delete;
    at_home& operator=(const at_home&) = delete;

   private:
    const node_environment* before_;
  };

 private:
  class guest;
  class visitor;
  node::state* enter();

  static thread_local const node_environment* at_home_in;

  std::atomic<node::state*> node_; // null once it has left
  std::atomic<std::size_t> guests_{0};
  std::atomic<std::size_t> visitors_{0};
  std::atomic<bool> awaits_guests_{false}; // the last one, of either, is to tell
  alarm_clock clock_;
  message_trace trace_;
};

/// What a process runs that was started for actors.
int serve_actors(child_context& context, byte_reader& in);

} // namespace troupe::detail
