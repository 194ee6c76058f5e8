// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "process/fork_protocol.hpp"

#include <csignal>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace troupe::detail {

/// A supervisor's way to its fork servers: one at work and one spare, so that when one is killed the
/// next start finds another that also comes from before the first thread. When both are gone, a new
/// one is executed. Threads: any; requests are served one after another.
class fork_client {
 public:
  /// Forks the first fork server. REQUIRES: the process has one thread.
  /// Errors: spawn_error.
  fork_client(session& shared, std::vector<std::string> command_line, child_body body,
              void (*prepare)(session&));
  ~fork_client();
  fork_client(const fork_client&) = delete;
  fork_client& operator=(const fork_client&) = delete;

  /// Starts a child process and returns its pid. Errors: spawn_error with the reason.
  pid_t start(fork_request request, int segment_fd, int introductions_fd, int stderr_fd);

 private:
  struct server {
    descriptor socket;
    descriptor pidfd;
    pid_t pid = 0;
    bool has_answered = true; // a forked one is ready at once
  };

  [[noreturn]] void be_fork_server(descriptor socket, descriptor lifeline);
  void fork_first();
  void make_spare();
  void renew_lost_spare();
  void end_lost_server();
  void replace_lost_server();
  void execute_new_server();
  std::optional<fork_reply> ask(fork_request request, std::vector<int> fds);
  static bool await_answer(const server& s, steady_time deadline);
  static bool lives(const std::optional<server>& s);
  static server take_charge(pid_t pid, descriptor socket);
  static void end(server& s);

  session& shared_;
  std::vector<std::string> command_line_;
  child_body body_;
  void (*prepare_)(session&);
  sigset_t signal_mask_; // of the main thread: what an executed fork server starts with
  std::mutex mutex_;     // guards all below
  std::optional<server> current_;
  std::optional<server> spare_;
  std::uint64_t next_id_ = 1;
};

} // namespace troupe::detail
