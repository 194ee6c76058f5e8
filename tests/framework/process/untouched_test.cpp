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
#include <optional>
#include <string>
#include <vector>

using namespace test_support;

namespace {

void nothing() {}
int one() { return 1; }

int exit_code_of(pid_t child) {
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WEXITSTATUS(status);
}

void check_untouched(troupe::pool& pool) {
  CHECK(pool.apply(one) == 1);
  for (const auto& w : pool.workers())
    CHECK(w.restarts == 0);
}

void pause_for_ever() {
  for (;;)
    ::pause();
}

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

/// Uses everything, and sees that the signals are as they were, while a runtime lives and afterwards.
void check_untouched(troupe::runtime_options options) {
  const auto signals = signal_state::now();
  const auto variables = environment();
  in_runtime(
      20s,
      [&](troupe::runtime& rt) {
        use_everything(rt);
        CHECK(signal_state::now() == signals);
        CHECK(environment() == variables);
      },
      options);
  CHECK(signal_state::now() == signals);
  CHECK(environment() == variables);
}

/// Handles SIGUSR1 for as long as it lives.
class own_disposition {
 public:
  explicit own_disposition(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    ::sigaction(SIGUSR1, &action, &before_);
  }
  ~own_disposition() { ::sigaction(SIGUSR1, &before_, nullptr); }

 private:
  struct sigaction before_ {};
};

void* handler_of_sigusr1() { return signal_state::now().handlers[SIGUSR1]; }

TEST_CASE("without a dump signal, handlers, the signal mask and the environment stay as they are") {
  check_untouched({.dump_signal = 0});
}

TEST_CASE("a program that handles or ignores SIGUSR1 itself goes on to do so") {
  for (auto* handler : {+[](int) {}, SIG_IGN}) {
    const own_disposition own{handler};
    check_untouched({});
  }
}

TEST_CASE("SIGUSR1, which would end the program, is all that is handled, and given back at the end") {
  const auto before = signal_state::now();
  REQUIRE(before.handlers[SIGUSR1] == reinterpret_cast<void*>(SIG_DFL));
  in_runtime(20s, [&](troupe::runtime& rt) {
    use_everything(rt);
    auto now = signal_state::now();
    CHECK(now.handlers[SIGUSR1] != before.handlers[SIGUSR1]);
    now.handlers[SIGUSR1] = before.handlers[SIGUSR1];
    CHECK(now == before);
  });
  CHECK(signal_state::now() == before);
}

TEST_CASE("a handler for SIGUSR1 that the program installs meanwhile stays") {
  own_disposition restored{SIG_DFL}; // at the end of this test
  const auto own = +[](int) {};
  in_runtime(20s, [&](troupe::runtime&) { ::signal(SIGUSR1, own); });
  CHECK(handler_of_sigusr1() == reinterpret_cast<void*>(own));
}

TEST_CASE("a worker finds SIGUSR1 as it was before there was a runtime") {
  in_runtime(20s, [](troupe::runtime& rt) {
    troupe::pool pool{rt, {.processes = 1}};
    CHECK(pool.apply([] { return handler_of_sigusr1() == reinterpret_cast<void*>(SIG_DFL); }));
  });
}

#ifndef __SANITIZE_THREAD__ // which delivers no signals in a process that was forked from one with threads
TEST_CASE("SIGUSR1 ends a process that the program forks, as it always has") {
  in_runtime(20s, [](troupe::runtime&) {
    const pid_t own = ::fork();
    if (own == 0) {
      ::raise(SIGUSR1);
      ::_exit(5);
    }
    int status = 0;
    REQUIRE(::waitpid(own, &status, 0) == own);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGUSR1);
  });
}
#endif

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

TEST_CASE("a copy of the program that ends leaves the processes of the original alone") {
  in_runtime(20s, [](troupe::runtime& rt) {
    std::optional<troupe::pool> pool{std::in_place, rt, troupe::pool_options{.processes = 2}};
    std::optional<troupe::process> process{std::in_place, rt, pause_for_ever};
    process->start();
    const auto pid = process->pid();
    const pid_t copy = ::fork();
    if (copy == 0) { // as if its main returned: the runtime's own destructor follows in the last case
      pool.reset();
      process.reset();
      ::_exit(5);
    }
    CHECK(exit_code_of(copy) == 5);
    CHECK(::kill(pid, 0) == 0);
    CHECK(process->is_alive());
    process->kill();
    check_untouched(*pool);
  });
}

TEST_CASE("a copy of the program cannot start processes of the original") {
  in_runtime(20s, [](troupe::runtime& rt) {
    troupe::process process{rt, pause_for_ever};
    const pid_t copy = ::fork();
    if (copy == 0) {
      try {
        process.start();
      } catch (const troupe::usage_error& e) {
        ::_exit(std::string{e.what()}.find("is a fork of") != std::string::npos ? 5 : 6);
      }
      ::_exit(7);
    }
    CHECK(exit_code_of(copy) == 5);
  });
}

TEST_CASE("a program that has its children collected is told so when it is to execute them") {
  for (const int flags : {0, SA_NOCLDWAIT}) {
    struct sigaction ignored {};
    ignored.sa_handler = flags == 0 ? SIG_IGN : SIG_DFL;
    ignored.sa_flags = flags;
    struct sigaction before {};
    ::sigaction(SIGCHLD, &ignored, &before);
    CHECK_THROWS_WITH((troupe::runtime{0, nullptr, {.start = troupe::start_method::spawn}}),
                      Catch::Contains("SIGCHLD"));
    ::sigaction(SIGCHLD, &before, nullptr);
  }
}

TEST_CASE("a copy of the program may destroy its runtime") {
  within(20s, [] {
    std::optional<troupe::runtime> rt{std::in_place, 0, nullptr};
    std::optional<troupe::pool> pool{std::in_place, *rt, troupe::pool_options{.processes = 2}};
    const pid_t copy = ::fork();
    if (copy == 0) {
      pool.reset();
      rt.reset();
      ::_exit(5);
    }
    CHECK(exit_code_of(copy) == 5);
    check_untouched(*pool);
    pool.reset();
    rt.reset();
  });
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
