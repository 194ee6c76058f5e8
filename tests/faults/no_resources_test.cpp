// SPDX-License-Identifier: BSD-3-Clause
// Row 25: no more processes, or no more memory. Starting says so at once; what runs goes on; later starts
// succeed. (Descriptors: no_descriptors_test.)
#include "support/in_runtime.hpp"

#include <grp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

using namespace test_support;

namespace {

int same(int x) { return x; }

/// What starting a process or a pool says: errno, or 0 when it succeeds.
template <class Start>
int refusal(Start&& start) {
  try {
    start();
    return 0;
  } catch (const troupe::spawn_error& e) {
    return e.errno_value();
  }
}

int start_pool(troupe::runtime& rt) {
  return refusal([&] { troupe::pool(rt, {.processes = 1}).apply(same, 1); });
}

int start_process(troupe::runtime& rt) {
  return refusal([&] {
    troupe::process p{rt, [] {}};
    p.start();
    p.join();
  });
}

std::size_t address_space_bytes() {
  std::ifstream file{"/proc/self/statm"};
  std::size_t pages = 0;
  file >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// Lowers a limit of this process for as long as it lives.
class lower_limit {
 public:
  lower_limit(__rlimit_resource what, rlim_t value) : what_{what} {
    ::getrlimit(what, &before_);
    auto less = before_;
    less.rlim_cur = value;
    ::setrlimit(what, &less);
  }
  ~lower_limit() { ::setrlimit(what_, &before_); }

 private:
  __rlimit_resource what_;
  rlimit before_{};
};

/// Forbids or allows the fork servers to make processes. No limit binds root.
void allow_processes(bool allowed) {
  for (pid_t server : fork_servers()) {
    rlimit limit{};
    ::prlimit(server, RLIMIT_NPROC, nullptr, &limit);
    limit.rlim_cur = allowed ? limit.rlim_max : 0;
    ::prlimit(server, RLIMIT_NPROC, &limit, nullptr);
  }
}

/// This program once more, running one hidden test case, and not as root. Its exit code.
int run_as_nobody(const char* test_case) {
  constexpr uid_t nobody = 65'534;
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(nobody) != 0 || ::setuid(nobody) != 0))
      ::_exit(101);
    ::execl("/proc/self/exe", "helper", test_case, nullptr);
    ::_exit(102);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 103;
}

} // namespace

TEST_CASE("starting without memory says spawn_error with ENOMEM, and what runs goes on") {
  in_runtime(30s, [](troupe::runtime& rt) {
    troupe::pool works{rt, {.processes = 1}};
    works.apply(same, 1);
    {
      lower_limit little{RLIMIT_AS, address_space_bytes() + (64 << 20)};
      CHECK(start_pool(rt) == ENOMEM);
      CHECK(start_process(rt) == ENOMEM);
      CHECK(works.map(same, {1, 2, 3}) == std::vector{1, 2, 3});
    }
    CHECK(start_pool(rt) == 0);
    CHECK(start_process(rt) == 0);
  });
}

TEST_CASE("helper: its fork servers may not make processes for a while", "[.limited]") {
  in_runtime(20s, [](troupe::runtime& rt) {
    troupe::pool works{rt, {.processes = 1}};
    works.apply(same, 1);
    allow_processes(false);
    CHECK(start_pool(rt) == EAGAIN);
    CHECK(start_process(rt) == EAGAIN);
    CHECK(works.map(same, {1, 2, 3}) == std::vector{1, 2, 3});
    allow_processes(true);
    CHECK(start_pool(rt) == 0);
    CHECK(start_process(rt) == 0);
  });
}

TEST_CASE("starting without processes says spawn_error with EAGAIN, and what runs goes on") {
  within(30s, [] { CHECK(run_as_nobody("[.limited]") == 0); });
}
