// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_id.hpp>
#include <troupe/detail/mailbox.hpp>
#include <troupe/detail/node.hpp>
#include <troupe/detail/runner.hpp>

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace troupe::detail {

class actor_host;
class message_trace;

/// The number of a process's own actor_system among its actors: where answers go.
inline constexpr actor_number system_number = 0xffff'ffff;

/// What an actor_system needs of the world: threads, time, other processes. A process has a real one; a test has
/// one that simulates all of it.
class actor_environment {
 public:
  virtual ~actor_environment() = default;

  /// A thread uses it, which may be one that it does not know: what it consists of stays until `end_visit`. False: it
  /// has gone, and nothing is to be ended. Any thread; nested, too.
  virtual bool begin_visit() { return true; }
  virtual void end_visit() noexcept {}

  /// Where to note which message was begun last, for whoever looks after a crash; null: nowhere.
  virtual std::atomic<std::uint32_t>* last_message() { return nullptr; }

  /// Scheduled when the host has something to do: its turn comes then.
  virtual runner_ref make_runner(std::shared_ptr<actor_host> host) = 0;
  /// Runs user code where it may take any time.
  virtual void post(std::function<void()> job) = 0;

  /// Empty when that process has ended.
  virtual mailbox_ref way_to(actor_id id) = 0;
  /// A new process that serves actors, and ends with the last of them. Errors: spawn_error.
  virtual process_id start_process(const std::string& name) = 0;
  /// No actor is left in this process.
  virtual void last_actor_ended() = 0;

  /// Waits until a condition has been true, be it for a moment; whoever makes it true notifies. False at the deadline.
  /// Any thread.
  virtual bool wait(const void* key, function_ref<bool()> done, steady_time deadline) = 0;
  virtual void notify(const void* key) = 0;
  /// Keeps messages moving, in both directions, while `condition` holds, or until the deadline.
  virtual void let_links_move(function_ref<bool()> condition, steady_time deadline) = 0;

  /// Of a process that is there; 0 otherwise.
  virtual pid_t pid_of(process_id process) = 0;
  virtual void kill_process(process_id process) = 0;

  /// Any 64 bits.
  virtual std::uint64_t random() = 0;
  virtual steady_time now() const = 0;
  /// Where messages are recorded; null: nowhere. Asked once.
  virtual message_trace* trace() { return nullptr; }
  /// Has `ring_alarms` called at that time; a later call replaces an earlier one.
  virtual void wake_at(steady_time at) = 0;
};

/// A visit, for as long as it lives. False: there is nothing left to use.
class world_visit {
 public:
  explicit world_visit(actor_environment& world) : world_{world}, is_there_{world.begin_visit()} {}
  ~world_visit() {
    if (is_there_)
      world_.end_visit();
  }
  world_visit(const world_visit&) = delete;
  world_visit& operator=(const world_visit&) = delete;
  explicit operator bool() const { return is_there_; }

 private:
  actor_environment& world_;
  const bool is_there_;
};

} // namespace troupe::detail
