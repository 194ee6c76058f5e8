// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "actor/caf_seam.hpp"
#include "actor/introductions.hpp"
#include "actor/link_table.hpp"
#include "actor/peer_way.hpp"
#include "actor/polling_duty.hpp"
#include "process/fork_client.hpp"
#include "process/watcher.hpp"

#include <troupe/detail/node.hpp>
#include <troupe/runtime.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace troupe::detail {

class actor_system;

/// Tags of messages to actor 0 of a process, the process itself. Wire values: stable; never renumber.
enum class process_tag : std::uint32_t {
  entry = 1,      // to a child: what it is to run
  stop = 2,       // to a child: end
  introduce = 3,  // to the supervisor: process_id of the child that the sender wants to reach
  introduced = 4, // to a child: an `introduction` waits at its socket
  peer_ended = 5, // to a child: process_id, process_exit of another that it was introduced to, or asked for
  garbage = 6,    // to the supervisor: process_id of a child that sends garbage, text
  farewell = 7,   // to the supervisor: process_exit::last_ends of a child that is about to end
};

/// Of a farewell, at most: it is kept for a while, and told to others.
inline constexpr std::size_t farewell_bytes = 16 << 10;

/// What a node consists of. Lives in the supervisor (with a watcher and the way to the fork servers) and
/// in each child (without).
struct node::state final : link_events, ready_actors {
  state(const session& shared, std::uint32_t roster_index, doorbell& bell, std::chrono::microseconds spin);
  ~state() override;

  // link_events: the thread on polling duty
  void on_message(process_id from, actor_number target, std::uint32_t tag, payload&& body) override;
  void on_peer_ended(process_id peer) override;
  void on_link_broken(process_id peer, const std::string& reason) override;

  // ready_actors
  bool run_local() override { return seam.run_local(); }
  bool run_one() override;
  bool has_ready() const override { return posted_count.load() != 0 || seam.has_ready(); }

  /// Makes `ref` reachable for other processes and hands it what came before.
  void publish(actor_number number, const mailbox_ref& ref);

  job_run run_posted();
  void start_scheduler_threads(std::size_t count);
  void stop_scheduler_threads();
  void log_late_handlers(std::size_t threads);

  /// Something became ready for a scheduler thread. When all of them wait in the middle of jobs, or are late with
  /// them, there is one more from now on: no handler keeps other actors of its process from running.
  void wake_scheduler();
  void add_scheduler_thread();
  void start_scheduler_thread();
  bool recall_scheduler_thread();
  bool has_thread_to_spare() const;
  void rest();
  void wake_all_schedulers();
  void watch_jobs();
  /// The alarm clock's thread. Returns when it is to be called next.
  steady_time look_at_jobs(steady_time now);
  /// Waits as `polling_duty::wait` does, from wherever: in a handler, others of the process go on.
  bool wait_aside(const void* key, function_ref<bool()> done, steady_time deadline);
  /// The same for `polling_duty::drive_while`.
  void drive_aside(function_ref<bool()> condition, steady_time deadline);
  /// The same. False also when the node stops.
  bool wait(const void* key, function_ref<bool()> done, steady_time deadline);

  const session& shared;
  doorbell& bell;
  link_table links;
  caf_seam seam;
  polling_duty duty;

  std::mutex actors_mutex; // guards what follows, up to next_number
  std::unordered_map<actor_number, mailbox_ref> actors;
  bool keeps_early = false; // a child that has not started its actors yet keeps what comes for them
  std::vector<std::pair<actor_number, envelope>> early;
  actor_number next_number = 1;

  std::mutex posted_mutex; // guards posted
  std::deque<std::function<void()>> posted;
  std::atomic<std::size_t> posted_count{0};

  std::atomic<bool> stop{false};
  std::mutex schedulers_mutex; // guards what follows, up to schedulers_left
  std::vector<std::thread> scheduler_threads;
  std::condition_variable scheduler_left;
  std::size_t schedulers_left = 0;
  std::atomic<std::size_t> scheduler_count{0}; // with the main thread of a child that serves
  std::size_t wanted_schedulers = 1;           // that run actors, unless there is none else
  std::size_t resting = 0;                     // guarded by schedulers_mutex, like recalled
  std::size_t recalled = 0;                    // of them, those that have not noticed yet
  std::condition_variable rest_over;
  steady_time jobs_looked_at{}; // the alarm clock's thread
  bool looks_once_more = false;

  std::mutex dependents_mutex; // guards dependents
  std::vector<std::weak_ptr<dependent>> dependents;

  // Supervisor only.
  runtime_options options;
  fork_client* forks = nullptr;
  std::unique_ptr<watcher> watch;
  std::atomic<process_id> next_process{1};
  process_id first_process = 1;          // lower ones are of earlier runtimes
  std::atomic<bool> ending{false};       // no more children
  void child_ended(child_record& child); // watcher's thread
  introductions introduced;              // polling duty
  void kill_for_garbage(process_id process, const std::string& reason);

  std::mutex exits_mutex;                                                    // guards exits
  std::unordered_map<process_id, std::shared_ptr<const process_exit>> exits; // known, not yet told

  // Typed actors.
  std::shared_ptr<actor_system> system;
  class node_environment* world = nullptr; // owned by system
  /// Empty when that process has ended. In a child, the first time for another child: asks to be introduced.
  std::shared_ptr<peer_way> way_to(process_id process);
  void open_way(process_id process, std::shared_ptr<link> way);
  void close_way(process_id process);
  /// A child that ends: until other children have room for what its actors have sent them.
  void wait_for_neighbours(steady_time deadline);
  std::mutex ways_mutex; // guards ways
  std::unordered_map<process_id, std::shared_ptr<peer_way>> ways;
  std::atomic<bool> ends_with_actors{false}; // this process exists for its actors

  /// Makes `system`; the last thing before messages can arrive. And ends it: REQUIRES no scheduler threads.
  void open_system(process_id self);
  void close_system();

  void post(std::function<void()> job);

  // Child only.
  std::shared_ptr<link> to_supervisor;
  std::function<void(std::uint32_t tag, payload&& body)> on_process_message;
  int introductions_socket = -1;
  std::atomic<std::uint32_t>* last_message = nullptr; // in the child's page
  std::uint32_t own_roster_index = 0;
  void meet_peer();
  void peer_has_ended(process_id peer, process_exit exit);
};

} // namespace troupe::detail
