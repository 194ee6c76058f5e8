// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/link.hpp"
#include "process/session.hpp"
#include "process/stderr_tail.hpp"

#include <troupe/detail/process_exit.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace troupe::detail {

/// Takes note of the OOM kills of this machine so far. To be called now and then: an end right after a new one may be one
/// of them. Any thread.
void note_oom_kills();

/// A supervisor's record of one child process: owns its pidfd, its stderr and the link to it.
///
///   started ──(pidfd readable; whoever sees it first: `collect`)──▶ collected
///
/// Members without a mutex are constant after `started`.
class child_record {
 public:
  child_record(process_id id, std::string name, session_page& page, std::uint32_t roster_index,
               std::shared_ptr<segment> memory, descriptor introductions, descriptor stderr_pipe);
  ~child_record();
  child_record(const child_record&) = delete;
  child_record& operator=(const child_record&) = delete;

  /// Called once, with what the fork server answered. Errors: spawn_error.
  void started(pid_t pid);

  process_id id() const { return id_; }
  const std::string& name() const { return name_; }
  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_.get(); }
  /// A socket: the child takes from it the memory it shares with other children.
  int introductions_fd() const { return introductions_.get(); }
  std::uint32_t roster_index() const { return roster_index_; }
  int stderr_fd() const { return stderr_.fd(); }
  const std::shared_ptr<link>& way() const { return way_; }
  std::span<std::byte> black_box() const { return memory_->black_box(); }
  std::uint64_t heartbeats() const { return memory_->page().heartbeat.load(std::memory_order_relaxed); }

  stderr_tail::state pump_stderr();
  /// What our own stderr has yet to take. REQUIRES: ended(). Once.
  stderr_tail take_stderr();
  /// The kernel writes its core dump, meanwhile nothing of it runs; or it has been collected.
  bool is_past_running() const;

  /// Kills the process and all it has started. Harmless when it has ended.
  void kill(int signal);
  void kill_hung();
  void kill_for_garbage(const std::string& what);

  /// Waits for the end and collects it. False at the deadline.
  bool wait_ended(steady_time deadline);

  /// Reaps a child whose pidfd is readable. Idempotent; any thread.
  void collect();

  bool ended() const { return ended_.load(std::memory_order_acquire); }
  /// REQUIRES: ended().
  std::shared_ptr<const process_exit> exit() const { return exit_; }

 private:
  process_id id_;
  std::string name_;
  session_page& page_;
  std::uint32_t roster_index_;
  std::shared_ptr<segment> memory_;
  std::shared_ptr<link> way_;
  descriptor introductions_;
  pid_t pid_ = 0;
  descriptor pidfd_;

  std::mutex mutex_; // guards what follows until ended_ is set; exit_ is constant afterwards
  stderr_tail stderr_;
  bool hung_ = false;
  std::string garbage_;
  std::shared_ptr<const process_exit> exit_;
  std::atomic<bool> ended_{false};
};

} // namespace troupe::detail
