// SPDX-License-Identifier: BSD-3-Clause
// Row 3: the supervisor is killed while its workers are idle, busy or stopped. All are gone within a second.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"

#include <fcntl.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

using namespace test_support;

namespace {

int same(int x) { return x; }
int busy(int x) {
  for (volatile bool again = true; again;) {
  }
  return x;
}
int with_child(int) {
  if (::fork() == 0)
    for (;;)
      ::pause();
  for (;;)
    ::pause();
}

/// This program again, running one hidden test; its output is read until it is ready.
class supervisor {
 public:
  explicit supervisor(const char* test) {
    std::array<int, 2> out{};
    REQUIRE(::pipe2(out.data(), O_CLOEXEC) == 0);
    pid_ = ::vfork();
    if (pid_ == 0) {
      ::dup2(out[1], STDOUT_FILENO);
      ::execl("/proc/self/exe", "supervisor", test, nullptr);
      ::_exit(127);
    }
    ::close(out[1]);
    for (char c = 0; !line_.ends_with("ready\n") && ::read(out[0], &c, 1) == 1;)
      line_ += c;
    ::close(out[0]);
  }
  supervisor(const supervisor&) = delete;
  supervisor& operator=(const supervisor&) = delete;

  /// All processes it has: workers, what they started, fork servers.
  std::vector<pid_t> family() const {
    std::vector<pid_t> all = children_of(std::to_string(pid_));
    for (std::size_t i = 0; i < all.size(); ++i)
      for (pid_t grandchild : children_of(std::to_string(all[i])))
        all.push_back(grandchild);
    return all;
  }
  const std::string& line() const { return line_; }

  void kill_and_collect(int signal) {
    ::kill(pid_, signal);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_ = 0;
  std::string line_;
};

[[noreturn]] void say_ready_and_wait() {
  static_cast<void>(!std::system("true")); // a user's own child comes and goes
  std::printf("ready\n");
  std::fflush(stdout);
  for (;;)
    ::pause();
}

/// How long it took.
std::chrono::nanoseconds expect_nothing_left(const char* test, random_source& random, int signal,
                                             bool stop_workers) {
  CAPTURE(test, stop_workers);
  supervisor helper{test};
  REQUIRE(helper.line().ends_with("ready\n"));
  const auto family = helper.family();
  REQUIRE(family.size() >= 4);
  wait_up_to(random, 5ms);
  if (stop_workers)
    for (pid_t pid : family)
      if (process_name(pid) != "troupe-fork")
        ::kill(pid, SIGSTOP);
  const auto began = std::chrono::steady_clock::now();
  helper.kill_and_collect(signal);
  CHECK(eventually(10s, [&] { return std::all_of(family.begin(), family.end(), is_gone); }));
  const auto took = std::chrono::steady_clock::now() - began;
  for (pid_t pid : family) {
    CAPTURE(pid, process_name(pid), process_state(pid));
    CHECK(is_gone(pid));
    if (!is_gone(pid))
      ::kill(pid, SIGKILL);
  }
  return took;
}

} // namespace

TEST_CASE("helper: a pool of idle workers", "[.idle]") {
  troupe::runtime rt{0, nullptr};
  troupe::pool pool{rt, {.processes = 2}};
  pool.with({.chunk = 1}).map(same, {1, 2, 3, 4});
  say_ready_and_wait();
}

TEST_CASE("helper: a pool of busy workers", "[.busy]") {
  troupe::runtime rt{0, nullptr};
  troupe::pool pool{rt, {.processes = 2}};
  auto calls = pool.with({.chunk = 1}).map_async(busy, std::vector<int>(100));
  say_ready_and_wait();
}

TEST_CASE("helper: a pool whose workers have children", "[.parents]") {
  troupe::runtime rt{0, nullptr};
  troupe::pool pool{rt, {.processes = 2}};
  auto calls = pool.with({.chunk = 1}).map_async(with_child, {1, 2});
  eventually(5s, [] {
    std::size_t grandchildren = 0;
    for (pid_t pid : children_of())
      grandchildren += children_of(std::to_string(pid)).size();
    return grandchildren == 2;
  });
  say_ready_and_wait();
}

TEST_CASE("helper: a pool of executed workers without heartbeat", "[.spawned]") {
  troupe::runtime rt{0, nullptr, {.start = troupe::start_method::spawn, .heartbeat = 0ms}};
  troupe::pool pool{rt, {.processes = 2}};
  auto calls = pool.with({.chunk = 1}).map_async(busy, std::vector<int>(100));
  say_ready_and_wait();
}

TEST_CASE("a killed supervisor takes its workers along: idle, busy, stopped, with children") {
  std::vector<std::chrono::nanoseconds> took;
  repeat(5, [&](random_source& random) {
    within(60s, [&] {
      const auto before = leftovers::now();
      for (const char* test : {"[.idle]", "[.busy]", "[.parents]", "[.spawned]"})
        for (bool stop_workers : {false, true})
          took.push_back(
              expect_nothing_left(test, random, random_below(random, 2) ? SIGKILL : SIGABRT, stop_workers));
      CHECK(leftovers::now() == before);
    });
  });
  // Within a second. A machine that stops for so long now and then is no reason to fail.
  std::ranges::sort(took);
  CHECK(took.at(took.size() / 2) < 1s * slowness);
}
