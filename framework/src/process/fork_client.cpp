// SPDX-License-Identifier: BSD-3-Clause
#include "process/fork_client.hpp"

#include "process/clone.hpp"
#include "process/exec.hpp"
#include "process/pidfd.hpp"
#include "process/socket_message.hpp"

#include <troupe/exceptions.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>

namespace troupe::detail {

namespace {

// Far above the milliseconds a fork takes on a loaded machine; beyond it the fork server is stuck and is replaced.
constexpr std::chrono::seconds answer_timeout{5};
// One that is stopped is seen sooner: whoever waits for a child may have little time.
constexpr std::chrono::milliseconds between_looks{20};
// One that was executed comes to its work only when the program's main has come to the runtime.
constexpr std::chrono::seconds first_answer_timeout{20};

// The one at work, its spare, a new one, and that one once more.
constexpr int attempts = 4;

struct socket_pair {
  descriptor ours;
  descriptor theirs;
};

socket_pair make_sockets() {
  std::array<int, 2> fds{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds.data()) != 0)
    throw spawn_error("cannot make a socket for the fork server", errno);
  return {descriptor{fds[0]}, descriptor{fds[1]}};
}

} // namespace

fork_client::fork_client(session& shared, std::vector<std::string> command_line, child_body body,
                         void (*prepare)(session&))
    : shared_{shared}, command_line_{std::move(command_line)}, body_{body}, prepare_{prepare} {
  ::pthread_sigmask(SIG_SETMASK, nullptr, &signal_mask_);
  fork_first();
  make_spare();
}

fork_client::~fork_client() {
  for (auto* s : {&current_, &spare_})
    if (*s)
      end(**s);
}

void fork_client::end(server& s) {
  ::kill(s.pid, SIGKILL); // it has nothing to lose, and takes the end of its socket for our death
  reap(s.pidfd.get());
  s.socket.reset();
}

fork_client::server fork_client::take_charge(pid_t pid, descriptor socket) {
  try {
    return {std::move(socket), open_pidfd(pid), pid};
  } catch (...) { // nobody would ever end it
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, __WALL);
    throw;
  }
}

void fork_client::fork_first() {
  std::cout.flush();
  std::fflush(nullptr); // or the children would write what is buffered a second time
  auto sockets = make_sockets();
  auto lifeline = open_pidfd(::getpid());
  const pid_t pid = clone_process(parentage::child);
  if (pid < 0)
    throw spawn_error("cannot fork the fork server", errno);
  if (pid == 0)
    be_fork_server(std::move(sockets.theirs), std::move(lifeline));
  current_ = take_charge(pid, std::move(sockets.ours));
}

void fork_client::be_fork_server(descriptor socket, descriptor lifeline) {
  run_fork_server({std::move(socket), std::move(lifeline), &shared_, command_line_, body_, prepare_});
}

bool fork_client::await_answer(const server& s, steady_time deadline) {
  for (;;) {
    const auto now = std::chrono::steady_clock::now();
    if (wait_readable(s.socket.get(), std::min(deadline, now + between_looks)))
      return true;
    if (now >= deadline || is_stopped(s.pidfd.get()))
      return false;
  }
}

std::optional<fork_reply> fork_client::ask(fork_request request, std::vector<int> fds) {
  if (!current_)
    return std::nullopt;
  request.id = next_id_++;
  if (!send_with_descriptors(current_->socket.get(), std::as_bytes(std::span{&request, 1}), fds)) {
    if (errno == EPIPE || errno == ECONNRESET)
      return std::nullopt;
    throw spawn_error("cannot reach the fork server", errno); // ETOOMANYREFS, ENOMEM …: it lives
  }
  const auto deadline =
      std::chrono::steady_clock::now() + (current_->has_answered ? answer_timeout : first_answer_timeout);
  for (;;) {
    fork_reply reply;
    received_message message;
    if (!await_answer(*current_, deadline) ||
        !receive_with_descriptors(current_->socket.get(), std::as_writable_bytes(std::span{&reply, 1}),
                                  no_deadline, message) ||
        message.size_bytes != sizeof reply)
      return std::nullopt;
    current_->has_answered = true;
    if (reply.id == request.id)
      return reply;
  }
}

void fork_client::make_spare() try {
  auto sockets = make_sockets();
  fork_request request;
  request.kind = fork_kind::spare;
  auto& made = shared_.page().spare_pid;
  made.store(0);
  pid_t pid = 0;
  if (const auto reply = ask(request, {sockets.theirs.get()})) {
    pid = reply->pid;
  } else {
    end_lost_server();
    pid = made.load(); // it may have done its work, and only the answer is missing
  }
  if (pid > 0)
    spare_ = take_charge(pid, std::move(sockets.ours));
} catch (const spawn_error&) {
  // Without a spare all works; the loss of the only fork server then costs an exec.
}

bool fork_client::lives(const std::optional<server>& s) {
  return s && !wait_readable(s->pidfd.get(), steady_time::min());
}

void fork_client::renew_lost_spare() {
  if (lives(spare_))
    return;
  if (spare_)
    end(*spare_);
  spare_.reset();
  make_spare();
}

void fork_client::end_lost_server() {
  if (!current_)
    return;
  ::kill(current_->pid, SIGKILL); // it may be stopped rather than dead
  end(*current_);
  current_.reset();
}

void fork_client::replace_lost_server() {
  std::swap(current_, spare_);
  if (!lives(current_)) {
    if (current_)
      end(*current_);
    execute_new_server();
  }
}

void fork_client::execute_new_server() {
  current_.reset();
  auto sockets = make_sockets();
  auto lifeline = open_pidfd(::getpid());
  const pid_t pid =
      exec_fork_server(sockets.theirs.get(), shared_.fd(), lifeline.get(), signal_mask_, command_line_);
  if (pid < 0)
    throw spawn_error("cannot start a new fork server", errno);
  current_ = take_charge(pid, std::move(sockets.ours));
  current_->has_answered = false;
}

pid_t fork_client::start(fork_request request, int segment_fd, int introductions_fd, int stderr_fd) {
  std::lock_guard lock{mutex_};
  const auto& started = shared_.page().roster[request.roster_index].pid;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    if (auto reply = ask(request, {segment_fd, introductions_fd, stderr_fd})) {
      if (reply->pid < 0)
        throw spawn_error("cannot start a process", reply->error);
      renew_lost_spare();
      return reply->pid;
    }
    end_lost_server();
    if (const pid_t pid = started.load(); pid > 0)
      return pid; // it had done its work, and only the answer is missing
    replace_lost_server();
  }
  throw spawn_error("the fork server does not answer", ETIMEDOUT);
}

} // namespace troupe::detail
