// SPDX-License-Identifier: BSD-3-Clause
// Row 25: no more processes, threads or memory. Starting says so at once; what runs goes on; later starts
// succeed. (Descriptors: no_descriptors_test.)
#include "support/in_runtime.hpp"

#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <ranges>
#include <string>
#include <vector>

using namespace test_support;

namespace {

int same(int x) { return x; }
class bystander : public troupe::actor {};

std::size_t address_space_bytes() {
  std::ifstream file{"/proc/self/statm"};
  std::size_t pages = 0;
  file >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

constexpr int chunk_items = 64;

/// The last one of its chunk leaves this process no memory.
std::string line_of(int item) {
  std::string line(100, 'x');
  if (item != chunk_items - 1)
    return line;
  rlimit limit{};
  ::getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = address_space_bytes() + (16 << 20);
  ::setrlimit(RLIMIT_AS, &limit);
  for (std::size_t size_bytes = 1 << 20; size_bytes >= 16; size_bytes /= 2)
    while (auto* taken = static_cast<volatile char*>(std::malloc(size_bytes)))
      *taken = 1;
  return line;
}

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

/// As long as it lives, the fork servers make processes while this user has fewer than `most`, and so do their
/// children threads. No limit binds root.
class few_processes {
 public:
  explicit few_processes(rlim_t most) { limit(most); }
  ~few_processes() { limit(std::nullopt); }
  few_processes(const few_processes&) = delete;
  few_processes& operator=(const few_processes&) = delete;

 private:
  static void limit(std::optional<rlim_t> most) {
    for (pid_t server : fork_servers()) {
      rlimit limit{};
      ::prlimit(server, RLIMIT_NPROC, nullptr, &limit);
      limit.rlim_cur = most.value_or(limit.rlim_max);
      ::prlimit(server, RLIMIT_NPROC, &limit, nullptr);
    }
  }
};

/// Processes and threads of a user; also those that have ended, until they are reaped: they count for the limit.
rlim_t task_count(uid_t user) {
  namespace fs = std::filesystem;
  rlim_t count = 0;
  for (const auto& process : fs::directory_iterator{"/proc"}) {
    struct stat owner {};
    std::error_code ended;
    if (::lstat(process.path().c_str(), &owner) != 0 || !S_ISDIR(owner.st_mode) || owner.st_uid != user)
      continue;
    for (fs::directory_iterator task{process.path() / "task", ended}, end; !ended && task != end; ++task)
      ++count;
  }
  return count;
}

constexpr uid_t nobody = 64'913;

/// This program once more, running one hidden test case, and not as root but as a user who has no processes. Its exit
/// code.
int run_as_nobody(const char* test_case) {
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

TEST_CASE("with a limit of file sizes too low for shared memory, starting says so") {
  in_runtime(30s, [](troupe::runtime& rt) {
    troupe::pool works{rt, {.processes = 1}};
    {
      lower_limit little{RLIMIT_FSIZE, 1 << 30};
      CHECK(start_pool(rt) == EFBIG);
      CHECK(start_process(rt) == EFBIG);
      CHECK(works.map(same, {1, 2, 3}) == std::vector{1, 2, 3});
    }
    CHECK(start_process(rt) == 0);
  });
}

TEST_CASE("a worker without memory to send its results with ends, and none of them is lost") {
  in_runtime(30s, [](troupe::runtime& rt) {
    troupe::pool pool{rt, {.processes = 1}};
    const auto lines = pool.with({.chunk = chunk_items}).map(line_of, std::views::iota(0, chunk_items));
    CHECK(lines == std::vector<std::string>(chunk_items, std::string(100, 'x')));
    CHECK(pool.apply(same, 1) == 1);
  });
}

TEST_CASE("helper: its fork servers may not make processes for a while", "[.limited]") {
  in_runtime(20s, [](troupe::runtime& rt) {
    troupe::pool works{rt, {.processes = 1}};
    works.apply(same, 1);
    {
      few_processes none{0};
      CHECK(start_pool(rt) == EAGAIN);
      CHECK(start_process(rt) == EAGAIN);
      CHECK(works.map(same, {1, 2, 3}) == std::vector{1, 2, 3});
    }
    CHECK(start_pool(rt) == 0);
    CHECK(start_process(rt) == 0);
  });
}

TEST_CASE("starting without processes says spawn_error with EAGAIN, and what runs goes on") {
  within(30s, [] { CHECK(run_as_nobody("[.limited]") == 0); });
}

TEST_CASE("helper: its fork servers may make processes, which may not make threads", "[.threadless]") {
  in_runtime(30s, [](troupe::runtime& rt) {
    troupe::pool works{rt, {.processes = 1}};
    works.apply(same, 1);
    std::optional<few_processes> few{std::in_place, task_count(::geteuid()) + 1};
    CHECK(refusal([&] { troupe::pool(rt, {.processes = 1, .initializer = [] {}}); }) == EAGAIN);
    CHECK(refusal([&] { rt.spawn<bystander>({.place = troupe::own_process}); }) == EAGAIN);
    CHECK(works.map(same, {1, 2, 3}) == std::vector{1, 2, 3});
    troupe::pool waits{rt, {.processes = 1}};
    auto result = waits.apply_async(same, 7);
    CHECK_FALSE(result.wait(500ms));
    few.reset();
    CHECK(result.get(10s) == 7);
  });
}

TEST_CASE("workers that find no room for a thread are starts that failed, not crashes") {
  if (::geteuid() != 0)
    return; // a user may have other processes, and as many as it likes
  // The fork servers of the last one that ran as this user ended with it, and are reaped by whoever inherited them.
  REQUIRE(eventually(20s, [] { return task_count(nobody) == 0; }));
  within(40s, [] { CHECK(run_as_nobody("[.threadless]") == 0); });
}
