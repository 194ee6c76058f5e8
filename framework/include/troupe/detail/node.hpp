// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/child.hpp>
#include <troupe/detail/completion.hpp>
#include <troupe/detail/deadline.hpp>
#include <troupe/detail/function_ref.hpp>
#include <troupe/detail/mailbox.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe {
class runtime;
}

namespace troupe::detail {

class actor_environment;
class actor_system;

/// What uses a node and may be held for longer than the node exists.
class dependent {
 public:
  virtual ~dependent() = default;
  /// The node is about to go and must not be used afterwards. Called once, by the thread that ends it.
  virtual void node_ends() = 0;
};

/// What a child process runs first, on its main thread. Returns the exit code.
class child_context;
using child_entry = int (*)(child_context&, byte_reader&);

/// One process of a runtime, as ready-made actors see it: its actors, its children, and the waiting of
/// its threads. One per process while a runtime lives.
class node {
 public:
  struct state;

  explicit node(std::unique_ptr<state> s);
  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  static node& of(runtime& rt);

  /// Starts an actor in this process. `number` is its address for other processes; 0: it has none.
  mailbox_ref spawn(std::unique_ptr<message_handler> handler, handler_kind kind, actor_number number = 0);

  /// Takes an actor's address away; the actor goes when nobody refers to it.
  void forget(actor_number number);

  /// An unused address.
  actor_number next_number();

  /// Puts a message into a mailbox and, when this thread may, runs the actor at once.
  void tell(const mailbox_ref& to, envelope&& message);

  /// Waits for `flag`, delivering messages meanwhile. False at the deadline. Any thread.
  bool wait(const completion& flag, steady_time deadline);

  /// Sets `flag` and wakes who waits for it. Any thread.
  void complete(completion& flag);

  /// Wakes who waits for a condition by that key (`lasting_node::wait_for`). Any thread.
  void notify(const void* key);

  /// Runs user code (callbacks) on a scheduler thread. What it throws is logged.
  void post(std::function<void()> job);

  /// The same, not before that time. Never, when the node has gone by then.
  void post_at(steady_time at, std::function<void()> job);

  /// Runs `job` on the thread that watches child processes: for what may take a while, but is ours.
  void post_to_watcher(std::function<void()> job);

  /// Starts a child process, which calls `entry` with what `arguments` encodes. Supervisor only.
  /// Errors: spawn_error; usage_error in a child process.
  child start_child(child_options options, child_entry entry, function_ref<void(byte_writer&)> arguments);

  /// Children that have not ended.
  std::vector<child> children() const;

  /// Has `d`, if it is still there by then, told before this node goes.
  void attach(std::weak_ptr<dependent> d);
  /// Tells them, the last one attached first.
  void end_dependents();

  /// Expires when this node goes.
  std::weak_ptr<const void> presence() const { return presence_; }

  state& internals() { return *state_; }

 private:
  std::unique_ptr<state> state_;
  std::shared_ptr<const void> presence_ = std::make_shared<char>();
};

/// The waiting of threads that may still be at it, or come, when the node goes.
class lasting_node {
 public:
  explicit lasting_node(node& n);

  /// While it lives, the node does; or it has gone already.
  class visit {
   public:
    explicit visit(const lasting_node& at);
    ~visit();
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;
    explicit operator bool() const { return is_there_; }

   private:
    actor_environment& world_;
    const bool is_there_;
  };

  /// False in the middle of hearing other processes, where an exception of the user's is loaded.
  static bool may_wait();
  void complete(completion& flag) const;
  void notify(const void* key) const;
  /// As `node::wait`. False also when the node stops first.
  bool wait(const completion& flag, steady_time deadline) const;
  /// The same for a condition of the caller's: whoever makes `done` true calls `node::notify` with the same key
  /// afterwards. `done` is called often, by this thread, and must be cheap.
  bool wait_for(const void* key, function_ref<bool()> done, steady_time deadline) const;

 private:
  std::shared_ptr<actor_system> system_;
};

/// What an entry may do in the child process it runs in.
class child_context {
 public:
  explicit child_context(node& n, process_id self) : node_{n}, self_{self} {}

  node& here() const { return node_; }
  process_id self() const { return self_; }
  /// Bytes the supervisor can read after the end of this process, whatever ends it.
  std::span<std::byte> black_box() const;
  /// An actor of the supervisor.
  mailbox_ref supervisor_actor(actor_number number) const;
  /// The link to the supervisor holds back frames: send no more for now.
  bool congested() const;
  /// Lets the link move while nothing else can be done. Returns when it has room.
  void wait_for_room() const;
  /// Runs this process's actors until the supervisor asks it to stop. Returns the exit code.
  int serve() const;

 private:
  node& node_;
  process_id self_;
};

/// True in a process that a runtime started.
bool in_child_process();

} // namespace troupe::detail
