// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "support/leftovers.hpp"
#include "support/within.hpp"

#include <troupe/detail/node.hpp>
#include <troupe/runtime.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace troupe::test_support {

using namespace std::chrono_literals;
using detail::byte_reader;
using detail::byte_writer;
using detail::child;
using detail::child_context;
using detail::deadline_after;
using detail::node;
using namespace ::test_support;

inline constexpr auto no_arguments = [](byte_writer&) {};

/// This test program executed again, running one hidden test case, without the streams `closed`; its stdout is a pipe
/// to us.
class helper_program {
 public:
  explicit helper_program(const char* test_case, std::vector<std::string> environment = {},
                          std::vector<int> closed = {}) {
    std::array<int, 2> out{};
    if (::pipe2(out.data(), O_CLOEXEC) != 0)
      std::abort();
    std::vector<std::string> words{"helper", test_case};
    std::vector<char*> arguments{words[0].data(), words[1].data(), nullptr};
    std::vector<char*> variables;
    for (char** e = environ; *e; ++e)
      variables.push_back(*e);
    for (auto& e : environment)
      variables.push_back(e.data());
    variables.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::setpgid(0, 0); // as a shell does it
      ::dup2(out[1], STDOUT_FILENO);
      for (const int stream : closed)
        ::close(stream);
      ::execve("/proc/self/exe", arguments.data(), variables.data());
      ::_exit(127);
    }
    ::close(out[1]);
    out_ = out[0];
  }
  helper_program(const helper_program&) = delete;
  helper_program& operator=(const helper_program&) = delete;
  ~helper_program() {
    if (!collected_) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    ::close(out_);
  }

  pid_t pid() const { return pid_; }

  /// The numbers in its next line of output that starts with `first_word`. Empty when it ends or is silent.
  std::vector<pid_t> numbers_after(const std::string& first_word) {
    for (std::string line = next_line(); !line.empty(); line = next_line()) {
      std::istringstream in{line};
      std::string word;
      if (in >> word && word == first_word) {
        std::vector<pid_t> numbers;
        for (pid_t n = 0; in >> n;)
          numbers.push_back(n);
        return numbers;
      }
    }
    return {};
  }

  /// Its wait status; -1 when it does not end in time.
  int wait_ended(std::chrono::milliseconds limit = 20s) {
    int status = -1;
    if (!eventually(limit, [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; }))
      return -1;
    collected_ = true;
    return status;
  }

  int kill_and_collect(int signal) {
    ::kill(pid_, signal);
    return wait_ended();
  }

 private:
  std::string next_line() {
    std::string line;
    for (char c = 0; !line.ends_with('\n'); line += c) {
      pollfd p{out_, POLLIN, 0};
      if (::poll(&p, 1, 20'000) <= 0 || ::read(out_, &c, 1) != 1)
        return line;
    }
    return line;
  }

  pid_t pid_ = -1;
  int out_ = -1;
  bool collected_ = false;
};

} // namespace troupe::test_support
