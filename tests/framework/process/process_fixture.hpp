// SPDX-License-Identifier: BSD-3-Clause
#pragma once

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

inline constexpr auto no_arguments = [](byte_writer&) {};

/// Polls `condition` until it holds. False when it does not within `limit`.
template <class Condition>
bool eventually(std::chrono::milliseconds limit, Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline)
      return false;
    std::this_thread::sleep_for(1ms); // sleep: /proc tells of changes to nobody
  }
  return true;
}

inline std::string text_of(const std::string& path) {
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf(); // sets a flag, and throws nothing, when the process goes meanwhile
  return text.str();
}

/// "R", "S", "T", "Z"; empty when there is no such process.
inline std::string state_of(pid_t pid) {
  const auto stat = text_of("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = stat.rfind(')');
  return name_end == std::string::npos ? "" : stat.substr(name_end + 2, 1);
}

/// No process, or only what its new parent has not collected yet.
inline bool is_gone(pid_t pid) {
  const auto state = state_of(pid);
  return state.empty() || state == "Z" || state == "X";
}

inline std::string name_of(pid_t pid) {
  auto name = text_of("/proc/" + std::to_string(pid) + "/comm");
  return name.substr(0, name.find('\n'));
}

inline std::vector<pid_t> children_of(const std::string& process = "self") {
  std::vector<pid_t> all;
  for (const auto& task : std::filesystem::directory_iterator{"/proc/" + process + "/task"}) {
    std::ifstream file{task.path() / "children"};
    for (pid_t pid = 0; file >> pid;)
      all.push_back(pid);
  }
  return all;
}

inline std::vector<pid_t> fork_servers_of(const std::string& process = "self") {
  auto all = children_of(process);
  std::erase_if(all, [](pid_t pid) { return name_of(pid) != "troupe-fork" || is_gone(pid); });
  return all;
}

/// Everything of ours that a process may hold: to be compared before and after.
struct belongings {
  std::size_t descriptors = 0;
  std::size_t children = 0;
  std::size_t mappings = 0;
  bool operator==(const belongings&) const = default;

  static belongings now() {
    belongings b;
    using std::filesystem::directory_iterator;
    b.descriptors =
        static_cast<std::size_t>(std::distance(directory_iterator{"/proc/self/fd"}, directory_iterator{}));
    b.children = children_of().size();
    std::ifstream maps{"/proc/self/maps"};
    for (std::string line; std::getline(maps, line);)
      b.mappings += line.find("memfd:troupe-link") != std::string::npos;
    return b;
  }
};

inline std::ostream& operator<<(std::ostream& out, const belongings& b) {
  return out << b.descriptors << " descriptors, " << b.children << " children, " << b.mappings << " mappings";
}

/// This test program executed again, running one hidden test case; its stdout is a pipe to us.
class helper_program {
 public:
  explicit helper_program(const char* test_case, std::vector<std::string> environment = {}) {
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
