// SPDX-License-Identifier: BSD-3-Clause
// A runtime and a pool in static variables end after main, when the thread-local objects are gone.
#include "framework/process/process_fixture.hpp"

#include <troupe/troupe.hpp>

#include <catch2/catch.hpp>

#include <cstdio>
#include <iostream>
#include <memory>
#include <set>
#include <thread>

using namespace troupe::test_support;

namespace {

int same(int x) { return x; }

std::unique_ptr<troupe::runtime> the_runtime;
std::unique_ptr<troupe::pool> the_pool;

void tell_workers(const troupe::pool& pool) {
  std::printf("pids");
  for (const auto& w : pool.workers())
    std::printf(" %d", w.pid);
  std::printf("\n");
  std::fflush(stdout);
}

// That ends as a program should, and nothing of it is left.
void check_end(const char* test_case) {
  for (int i = 0; i < 10; ++i) {
    helper_program helper{test_case};
    const auto pids = helper.numbers_after("pids");
    REQUIRE(pids.size() == 2);
    CHECK(helper.wait_ended() == 0);
    for (auto pid : pids)
      CHECK(eventually(1s, [pid] { return is_gone(pid); }));
  }
}

} // namespace

TEST_CASE("helper: a runtime in a static variable of a function", "[.local]") {
  static troupe::runtime rt{0, nullptr};
  static troupe::pool pool{rt, {.processes = 2}};
  CHECK(pool.apply(same, 4) == 4);
  tell_workers(pool);
}

TEST_CASE("helper: a runtime in a global variable, busy at the end", "[.global]") {
  the_runtime = std::make_unique<troupe::runtime>(0, nullptr);
  the_pool = std::make_unique<troupe::pool>(*the_runtime, troupe::pool_options{.processes = 2});
  static const auto busy = the_pool->map_async(
      [](int) {
        for (;;)
          ::pause();
      },
      {1, 2});
  tell_workers(*the_pool);
}

TEST_CASE("helper: exit is called by another thread", "[.thread]") {
  static troupe::runtime rt{0, nullptr};
  static troupe::pool pool{rt, {.processes = 2}};
  tell_workers(pool);
  std::thread{[] { std::exit(0); }}.join();
}

TEST_CASE("helper: tasks write to stdout", "[.prints]") {
  troupe::runtime rt{0, nullptr};
  troupe::pool pool{rt, {.processes = 2}};
  pool.map(
      [](int i) {
        if (i % 2)
          std::cout << "task " << i << '\n';
        else
          std::printf("task %d\n", i);
      },
      {1, 2, 3, 4, 5, 6});
}

TEST_CASE("what tasks have written to a pipe is there when their pool has ended") {
  helper_program helper{"[.prints]"};
  std::set<pid_t> tasks;
  for (int i = 0; i < 6; ++i)
    for (const auto number : helper.numbers_after("task"))
      tasks.insert(number);
  CHECK(tasks == std::set<pid_t>{1, 2, 3, 4, 5, 6});
  CHECK(helper.wait_ended() == 0);
}

TEST_CASE("a runtime in a static variable of a function ends with the program") { check_end("[.local]"); }

TEST_CASE("a runtime in a global variable ends with the program") { check_end("[.global]"); }

TEST_CASE("a runtime in a static variable ends when another thread calls exit") { check_end("[.thread]"); }
