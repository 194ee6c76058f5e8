// SPDX-License-Identifier: BSD-3-Clause
#include "process/exec.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace troupe::detail {

namespace {

constexpr const char* own_program = "/proc/self/exe"; // right even when the file was replaced meanwhile

void keep_open(int fd) { ::fcntl(fd, F_SETFD, 0); }

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  for (const auto& w : words)
    result.push_back(const_cast<char*>(w.c_str()));
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_with(const std::string& entry) {
  std::vector<std::string> result{entry};
  for (char** e = environ; *e; ++e)
    if (std::strncmp(*e, entry.c_str(), std::strlen(exec_variable) + 1) != 0)
      result.emplace_back(*e);
  return result;
}

std::string as_hex(const fork_request& request) {
  std::string text;
  const auto* bytes = reinterpret_cast<const unsigned char*>(&request);
  for (std::size_t i = 0; i < sizeof request; ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", bytes[i]);
    text += digits;
  }
  return text;
}

bool from_hex(const std::string& text, fork_request& request) {
  if (text.size() != 2 * sizeof request)
    return false;
  auto* bytes = reinterpret_cast<unsigned char*>(&request);
  for (std::size_t i = 0; i < sizeof request; ++i)
    bytes[i] = static_cast<unsigned char>(std::strtoul(text.substr(2 * i, 2).c_str(), nullptr, 16));
  return true;
}

} // namespace

std::vector<std::string> own_command_line() {
  std::ifstream file{"/proc/self/cmdline", std::ios::binary};
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');)
    words.push_back(word);
  return words;
}

void exec_child(child_start& child, const std::vector<std::string>& command_line) {
  const int session_fd = child.shared->fd();
  for (int fd : {session_fd, child.segment.get(), child.introductions.get(), child.lifeline.get()})
    keep_open(fd);
  char role[512];
  std::snprintf(role, sizeof role, "%s=child %d %d %d %d %s", exec_variable, session_fd, child.segment.get(),
                child.introductions.get(), child.lifeline.get(), as_hex(child.request).c_str());
  auto environment = environment_with(role);
  ::execve(own_program, pointers(command_line).data(), pointers(environment).data());
  std::fprintf(stderr, "troupe: cannot execute %s: %s\n", own_program, std::strerror(errno));
  ::_exit(127);
}

pid_t exec_fork_server(int socket, int session_fd, int lifeline, const sigset_t& signal_mask,
                       const std::vector<std::string>& command_line) {
  char role[128];
  std::snprintf(role, sizeof role, "%s=fork_server %d %d %d", exec_variable, socket, session_fd, lifeline);
  auto environment = environment_with(role);
  auto arguments = pointers(command_line);
  auto variables = pointers(environment);
  // vfork: the parent may have threads, so between here and exec the child only makes system calls.
  const pid_t pid = ::vfork();
  if (pid == 0) {
    keep_open(socket);
    keep_open(session_fd);
    keep_open(lifeline);
    ::sigprocmask(SIG_SETMASK, &signal_mask, nullptr); // the calling thread may block all signals
    ::execve(own_program, arguments.data(), variables.data());
    ::_exit(127);
  }
  return pid;
}

std::optional<exec_role> take_exec_role() {
  const char* text = std::getenv(exec_variable);
  if (!text)
    return std::nullopt;
  const std::string value = text;
  ::unsetenv(exec_variable);
  exec_role role;
  int a = -1;
  int b = -1;
  int c = -1;
  int d = -1;
  char hex[257] = {};
  static_assert(sizeof(fork_request) <= 128);
  if (std::sscanf(value.c_str(), "fork_server %d %d %d", &a, &b, &c) == 3) {
    role.fork_server = true;
    role.socket = descriptor{a};
    role.session = descriptor{b};
    role.lifeline = descriptor{c};
  } else if (std::sscanf(value.c_str(), "child %d %d %d %d %256s", &a, &b, &c, &d, hex) == 5 &&
             from_hex(hex, role.request)) {
    role.session = descriptor{a};
    role.segment = descriptor{b};
    role.introductions = descriptor{c};
    role.lifeline = descriptor{d};
  } else {
    return std::nullopt;
  }
  for (int fd : {a, b, c, d})
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  return role;
}

} // namespace troupe::detail
