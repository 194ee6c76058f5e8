// SPDX-License-Identifier: BSD-3-Clause
// A child may run where its program may: what is done to have it start quickly does not last.
#include "framework/process/process_fixture.hpp"
#include "support/in_runtime.hpp"

#include <troupe/process.hpp>

#include <sched.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

using namespace troupe::test_support;

namespace {

std::vector<int> processors_of(pid_t thread) {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> all;
  if (::sched_getaffinity(thread, sizeof set, &set) == 0)
    for (int i = 0; i < CPU_SETSIZE; ++i)
      if (CPU_ISSET(static_cast<std::size_t>(i), &set))
        all.push_back(i);
  return all;
}

// The control thread's, too: after its first second.
bool threads_may_use(const std::vector<int>& processors) {
  int threads = 0;
  for (const auto& thread : std::filesystem::directory_iterator{"/proc/self/task"}) {
    if (processors_of(std::stoi(thread.path().filename())) != processors)
      return false;
    ++threads;
  }
  return threads > 1;
}

void check_processors(const std::vector<int>& main_thread) {
  const bool same = processors_of(0) == main_thread;
  std::exit(same && eventually(10s, [&] { return threads_may_use(main_thread); }) ? 0 : 1);
}

int exit_code_of_check(troupe::start_method method) {
  troupe::runtime rt{0, nullptr, {.start = method}};
  troupe::process child{rt, check_processors, processors_of(0)};
  child.start();
  child.join();
  return child.exitcode().value();
}

} // namespace

TEST_CASE("helper: a program that may use one processor", "[.restricted]") {
  const int code = exit_code_of_check(troupe::start_method::fork_server);
  std::printf("code %d %zu\n", code, processors_of(0).size());
  std::fflush(stdout);
}

TEST_CASE("a child's threads may run wherever the program may") {
  within(30s, [] {
    CHECK(exit_code_of_check(troupe::start_method::fork_server) == 0);
    CHECK(exit_code_of_check(troupe::start_method::spawn) == 0);
  });
}

TEST_CASE("where somebody has chosen the processors of the program, its children keep to them") {
  cpu_set_t before;
  REQUIRE(::sched_getaffinity(0, sizeof before, &before) == 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(processors_of(0).back()), &one);
  REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
  helper_program helper{"[.restricted]"};
  REQUIRE(::sched_setaffinity(0, sizeof before, &before) == 0);
  CHECK(helper.numbers_after("code") == std::vector<pid_t>{0, 1});
}
