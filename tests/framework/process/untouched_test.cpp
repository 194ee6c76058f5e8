// SPDX-License-Identifier: BSD-3-Clause
// What belongs to the user's program stays as it is: its signals, its children, its environment.
#include "support/in_runtime.hpp"

#include <troupe/process.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

using namespace test_support;

namespace {

void nothing() {}

/// All that a process may have set of its signals.
struct signal_state {
  std::array<void*, NSIG> handlers{};
  std::array<bool, NSIG> blocked{};
  bool operator==(const signal_state&) const = default;

  static signal_state now() {
    signal_state s;
    sigset_t mask;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    for (int signal = 1; signal < NSIG; ++signal) {
      struct sigaction action {};
      if (::sigaction(signal, nullptr, &action) == 0)
        s.handlers[static_cast<std::size_t>(signal)] = reinterpret_cast<void*>(action.sa_handler);
      s.blocked[static_cast<std::size_t>(signal)] = sigismember(&mask, signal) == 1;
    }
    return s;
  }
};

std::vector<std::string> environment() {
  std::vector<std::string> all;
  for (char** e = environ; *e; ++e)
    all.emplace_back(*e);
  return all;
}

std::atomic<int> children_signalled{0};

/// Counts SIGCHLD for as long as it lives.
class sigchld_counter {
 public:
  sigchld_counter() {
    children_signalled = 0;
    struct sigaction action {};
    action.sa_handler = [](int) { ++children_signalled; };
    ::sigaction(SIGCHLD, &action, &before_);
  }
  ~sigchld_counter() { ::sigaction(SIGCHLD, &before_, nullptr); }

 private:
  struct sigaction before_ {};
};

void use_everything(troupe::runtime& rt) {
  troupe::pool pool{rt, {.processes = 2}};
  CHECK(pool.map([](int x) { return x + 1; }, {1, 2, 3}) == std::vector{2, 3, 4});
  CHECK_THROWS_AS(pool.apply([] { ::raise(SIGKILL); }), troupe::worker_lost);
  troupe::process p{rt, nothing};
  p.start();
  p.join();
}

} // namespace

TEST_CASE("signal handlers, the signal mask and the environment stay as they are") {
  const auto signals = signal_state::now();
  const auto variables = environment();
  in_runtime(20s, [&](troupe::runtime& rt) {
    use_everything(rt);
    CHECK(signal_state::now() == signals);
    CHECK(environment() == variables);
  });
  CHECK(signal_state::now() == signals);
  CHECK(environment() == variables);
}

TEST_CASE("a worker finds the signals as the program had left them") {
  sigchld_counter handler; // a handler stays one across fork, as it would for a child of the program's own
  in_runtime(20s, [](troupe::runtime& rt) {
    troupe::pool pool{rt, {.processes = 1}};
    const auto here = signal_state::now();
    const auto there = pool.apply([] {
      const auto s = signal_state::now();
      return std::vector<bool>(s.blocked.begin(), s.blocked.end());
    });
    CHECK(there == std::vector<bool>(here.blocked.begin(), here.blocked.end()));
  });
}

TEST_CASE("no SIGCHLD comes of our processes") {
  sigchld_counter counter;
  in_runtime(20s, use_everything);
  CHECK(children_signalled == 0);
}

TEST_CASE("a runtime in a process that was forked from the program says that it cannot be") {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      troupe::runtime rt{0, nullptr};
    } catch (const troupe::usage_error& e) {
      ::_exit(std::string{e.what()}.find("was forked from one") != std::string::npos ? 7 : 8);
    }
    ::_exit(9);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("the program's own wait finds its own child and none of ours") {
  in_runtime(20s, [](troupe::runtime& rt) {
    use_everything(rt);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
    CHECK(errno == ECHILD);
    const pid_t own = ::fork();
    if (own == 0)
      ::_exit(5);
    int status = 0;
    CHECK(::wait(&status) == own);
    CHECK(WEXITSTATUS(status) == 5);
    use_everything(rt);
  });
}
