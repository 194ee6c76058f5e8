// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "process/child_record.hpp"

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace troupe::detail {

/// How long a child may be silent: for five heartbeats; before its first one at least for `start`.
struct pulse_rules {
  std::chrono::milliseconds heartbeat; // zero: for ever
  std::chrono::milliseconds start;
};

/// The thread of a supervisor that watches its children: their ends (pidfds), their stderr, their
/// heartbeats. It never runs user code. It also carries out what others post, such as starting a
/// replacement, so that nobody's handler waits for a fork.
class watcher {
 public:
  /// `on_end` is called on the watcher's thread after a child was collected.
  watcher(pulse_rules pulse, std::function<void(child_record&)> on_end);
  ~watcher();
  watcher(const watcher&) = delete;
  watcher& operator=(const watcher&) = delete;

  /// Any thread. The watcher keeps the record until it has ended. Errors: spawn_error.
  void watch(std::shared_ptr<child_record> child);

  /// Any thread. What is posted runs in order; what it throws is logged.
  void post(std::function<void()> job);

  /// Has `then` called on the watcher's thread whenever `fd` is readable: short, it reads what is there. One at a time.
  /// Out: false when there is no memory for that.
  bool attend(int fd, std::function<void()> then);
  /// When this returns, `then` is not called and will not be.
  void attend_no_more(int fd);

  /// Ends the thread; jobs not yet begun are dropped.
  void stop();

  std::vector<std::shared_ptr<child_record>> children() const;
  /// Empty when it has ended.
  std::shared_ptr<child_record> child(process_id id) const { return find(id); }

 private:
  struct watched {
    std::shared_ptr<child_record> child;
    std::uint64_t last_heartbeats = 0;
    int silent_ticks = 0;
  };

  void run();
  void run_jobs();
  void call_attended();
  void handle(std::uint64_t event);
  void child_ended(process_id id);
  void child_wrote(process_id id);
  void check_heartbeats();
  void pass_on_last_words();
  int wait_ms() const;
  std::shared_ptr<child_record> find(process_id id) const;

  std::chrono::milliseconds heartbeat_;
  int silent_ticks_at_start_;
  std::function<void(child_record&)> on_end_;
  descriptor epoll_;
  descriptor wake_; // eventfd

  mutable std::mutex mutex_; // guards children_, jobs_
  std::map<process_id, watched> children_;
  std::deque<std::function<void()>> jobs_;

  std::mutex attended_mutex_; // guards attended_; held while that is called
  std::function<void()> attended_;

  // The watcher's thread only:
  std::vector<process_id> stalled_;     // whose stderr waits for ours
  std::vector<stderr_tail> last_words_; // of those that have ended, which do
  std::chrono::steady_clock::time_point next_check_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

} // namespace troupe::detail
