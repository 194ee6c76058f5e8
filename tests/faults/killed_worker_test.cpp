// SPDX-License-Identifier: BSD-3-Clause
// Row 1: a worker ends while it runs task 3 of 8. The other seven results are right, and task 3 says why.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"
#include "support/strike.hpp"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ranges>
#include <thread>
#include <vector>

using namespace test_support;

namespace {

enum class fault { kill, segfault, abort, exit };

void end_this_process(fault how) {
  std::fprintf(stderr, "task 3 ends its process in way %d\n", static_cast<int>(how));
  switch (how) {
    case fault::kill:
      ::raise(SIGKILL);
      break;
    case fault::segfault:
      ::signal(SIGSEGV, SIG_DFL); // a sanitizer's handler would turn it into an exit
      ::raise(SIGSEGV);
      break;
    case fault::abort:
      ::signal(SIGABRT, SIG_DFL);
      std::abort();
    case fault::exit:
      std::exit(5);
  }
}

int task(fault how, int index) {
  if (index == 3)
    end_this_process(how);
  return 10 * index;
}

void check_cause(const troupe::failure& why, fault how) {
  try {
    why.rethrow();
  } catch (const troupe::worker_lost& e) {
    CHECK(e.pid() > 0);
    CHECK(e.task_index() == 3);
    CHECK(e.attempts() == 1);
    CHECK(e.stderr_tail().find("task 3 ends its process") != std::string::npos);
    CHECK(e.exit_code() == (how == fault::exit ? std::optional{5} : std::nullopt));
    constexpr int signals[] = {SIGKILL, SIGSEGV, SIGABRT};
    CHECK(e.signal() == (how == fault::exit ? std::nullopt : std::optional{signals[static_cast<int>(how)]}));
    CHECK_FALSE(e.hung());
  }
}

void lose_task_three(troupe::pool& pool, fault how, std::size_t chunk) {
  const auto began = std::chrono::steady_clock::now();
  const auto settled =
      pool.with({.chunk = chunk}).map_settled(troupe::bind_front(task, how), {0, 1, 2, 3, 4, 5, 6, 7});
  CHECK(std::chrono::steady_clock::now() - began < 10s * slowness);
  for (int i = 0; i < 8; ++i) {
    const auto& outcome = settled[static_cast<std::size_t>(i)];
    if (i != 3)
      CHECK(outcome.value() == 10 * i);
    else
      check_cause(outcome.error(), how);
  }
}

int after_us(int us) {
  std::this_thread::sleep_for(std::chrono::microseconds{us}); // sleep: a task that takes its time
  return us;
}

} // namespace

TEST_CASE("a worker that ends in task 3 of 8 costs that task, and the cause is told") {
  repeat(10, [](random_source& random) {
    in_pool(30s, [&](troupe::pool& pool) {
      for (auto how : {fault::kill, fault::segfault, fault::abort, fault::exit})
        lose_task_three(pool, how, static_cast<std::size_t>(random_below(random, 10)));
      CHECK(pool.apply(after_us, 1) == 1);
      int restarts = 0;
      for (const auto& w : pool.workers())
        restarts += w.restarts;
      CHECK(restarts == 4);
    });
  });
}

TEST_CASE("in a chunk of two million calls without result, the one that dies is blamed") {
  in_pool(30s, [](troupe::pool& pool) {
    constexpr int culprit = 1'500'000;
    const auto die_at_culprit = [](int index) {
      if (index == culprit)
        ::raise(SIGKILL);
    };
    try {
      pool.with({.chunk = 2'000'000}).map(die_at_culprit, std::views::iota(0, 2'000'000));
      FAIL("nothing was thrown");
    } catch (const troupe::worker_lost& e) {
      CHECK(e.task_index() == culprit);
    }
    CHECK(pool.workers()[0].restarts + pool.workers()[1].restarts == 1);
  });
}

TEST_CASE("map throws worker_lost, and imap goes on behind it") {
  repeat(10, [](random_source&) {
    in_pool(30s, [](troupe::pool& pool) {
      const auto deadly = troupe::bind_front(task, fault::kill);
      CHECK_THROWS_AS(pool.map(deadly, {0, 1, 2, 3, 4}), troupe::worker_lost);
      CHECK_THROWS_AS(pool.apply(deadly, 3), troupe::worker_lost);
      auto results = pool.imap(deadly, {2, 3, 4, 5});
      CHECK(results.next() == 20);
      CHECK_THROWS_AS(results.next(), troupe::worker_lost);
      CHECK(results.next() == 40);
      CHECK(results.next() == 50);
      CHECK_FALSE(results.next());
    });
  });
}

TEST_CASE("a worker killed at a random instant costs at most the task it was running") {
  repeat(150, [](random_source& random) {
    in_pool(30s, [&](troupe::pool& pool) {
      const auto workers = pool.workers();
      const auto chunk = static_cast<std::size_t>(random_below(random, 30));
      auto call =
          pool.with({.chunk = chunk}).map_async(after_us, std::vector<int>(100, random_below(random, 60)));
      wait_up_to(random, 4ms);
      strike(workers[static_cast<std::size_t>(random_below(random, 2))], SIGKILL);
      REQUIRE(call.wait(10s * slowness));
      if (!call.successful())
        CHECK_THROWS_AS(call.get(), troupe::worker_lost);
      CHECK(pool.map(after_us, {1, 2, 3}) == std::vector{1, 2, 3});
    });
  });
}

TEST_CASE("a worker killed while it returns large results costs at most one task, and the right one") {
  repeat(60, [](random_source&) {
    in_pool(30s, [&](troupe::pool& pool) {
      const auto large = [](int size) { return std::vector<int>(static_cast<std::size_t>(size), size); };
      const std::vector<int> sizes(40, 30'000);
      auto stream = pool.with({.chunk = 8}).imap_unordered_settled(large, sizes);
      auto first = stream.next();
      strike(pool.workers()[0], SIGKILL);
      int lost = first->outcome ? 0 : 1;
      int count = 1;
      while (auto item = stream.next(10s * slowness)) {
        ++count;
        lost += !item->outcome;
        if (item->outcome)
          CHECK(item->outcome.value() == large(30'000));
      }
      CHECK(count == 40);
      CHECK(lost <= 1);
    });
  });
}
