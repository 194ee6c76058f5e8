// SPDX-License-Identifier: BSD-3-Clause
// close, join, terminate, moving, and what workers() says.
#include "support/gate.hpp"
#include "support/in_runtime.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <set>
#include <thread>
#include <vector>

using namespace test_support;

namespace {

int same(int x) { return x; }
pid_t own_pid(int) { return ::getpid(); }
int after_ms(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds{ms}); // sleep: a task that takes its time
  return ms;
}

} // namespace

TEST_CASE("after close no call is taken, and what was submitted is done") {
  in_pool(20s, [](troupe::pool& pool) {
    auto call = pool.with({.chunk = 1}).map_async(after_ms, std::vector<int>(20, 5));
    auto view = pool.with({});
    pool.close();
    pool.close();
    CHECK_THROWS_AS(pool.apply(same, 1), troupe::usage_error);
    CHECK_THROWS_AS(pool.map(same, {1}), troupe::usage_error);
    CHECK_THROWS_AS(pool.imap(same, {1}), troupe::usage_error);
    CHECK_THROWS_AS(view.map_async(same, {1}), troupe::usage_error);
    CHECK(call.get(10s) == std::vector<int>(20, 5));
    pool.join();
    CHECK(pool.join(0ms));
    CHECK(pool.workers().empty());
  });
}

TEST_CASE("join needs close or terminate before, and holds its timeout") {
  in_pool(20s, [](troupe::pool& pool) {
    CHECK_THROWS_AS(pool.join(), troupe::usage_error);
    CHECK_THROWS_AS(pool.join(1s), troupe::usage_error);
    gate gate;
    auto call = pool.apply_async(gate.first_held(), 0);
    pool.close();
    CHECK_FALSE(pool.join(20ms));
    gate.open();
    CHECK(pool.join(10s));
    CHECK(call.ready());
  });
}

TEST_CASE("terminate ends running tasks at once, and their handles say stopped") {
  in_pool(20s, [](troupe::pool& pool) {
    auto running = pool.with({.chunk = 1}).map_async(after_ms, std::vector<int>(10, 60'000));
    auto stream = pool.imap(after_ms, std::vector<int>(10, 60'000));
    const auto began = std::chrono::steady_clock::now();
    pool.terminate();
    pool.terminate();
    CHECK(std::chrono::steady_clock::now() - began < 10s * slowness);
    CHECK(pool.join(5s));
    CHECK_THROWS_AS(running.get(5s), troupe::stopped);
    CHECK_THROWS_AS(stream.next(5s), troupe::stopped);
    CHECK_THROWS_AS(pool.apply(same, 1), troupe::usage_error);
    CHECK(pool.workers().empty());
  });
}

TEST_CASE("a pool made, used and destroyed 200 times leaves nothing") {
  in_runtime(60s, [](troupe::runtime& rt) {
    { // what is made once: the thread of the runtime's clock, too
      troupe::pool first{rt, {.processes = 2}};
      REQUIRE(first.map(same, {1, 2, 3}) == std::vector{1, 2, 3});
    }
    CHECK(eventually(2s, [] { return leftovers::now().mappings == 0; }));
    const auto before = leftovers::now();
    for (int i = 0; i < 200; ++i) {
      troupe::pool pool{rt, {.processes = 2}};
      if (i % 2)
        REQUIRE(pool.map(same, {1, 2, i}) == std::vector{1, 2, i});
      if (i % 4 < 2)
        continue;
      pool.close();
      if (i % 3)
        REQUIRE(pool.join(10s));
    }
    eventually(2s, [&] { return leftovers::now() == before; });
    CHECK(leftovers::now() == before);
  });
}

TEST_CASE("pools come and go without memory growing") {
  if (sanitized)
    return; // the sanitizers keep freed memory
  in_runtime(60s, [](troupe::runtime& rt) {
    const auto cycle = [&](int times) {
      for (int i = 0; i < times; ++i) {
        troupe::pool pool{rt, {.processes = 1}};
        pool.apply(same, i);
        if (i % 2)
          pool.close(), pool.join();
      }
    };
    cycle(300); // records of ended processes are kept for a while, and no longer
    const auto before = resident_bytes();
    cycle(300);
    CHECK(resident_bytes() < before + (4 << 20));
  });
}

TEST_CASE("pools can be moved, and assigned over one another") {
  in_runtime(20s, [](troupe::runtime& rt) {
    troupe::pool first{rt, {.processes = 1}};
    troupe::pool second{std::move(first)};
    CHECK(second.apply(same, 1) == 1);
    CHECK_THROWS_AS(first.apply(same, 1), troupe::usage_error);
    CHECK_THROWS_AS(first.size(), troupe::usage_error);
    auto call = second.apply_async(after_ms, 60'000);
    second = troupe::pool{rt, {.processes = 2}};
    CHECK_THROWS_AS(call.get(5s), troupe::stopped);
    CHECK(second.size() == 2);
    CHECK(second.map(same, {1, 2}) == std::vector{1, 2});
    std::optional<troupe::pool> kept{std::move(second)};
    CHECK(kept->apply(same, 3) == 3);
  });
}

TEST_CASE("two pools work side by side, with processes of their own") {
  in_runtime(20s, [](troupe::runtime& rt) {
    troupe::pool a{rt, {.processes = 1}};
    troupe::pool b{rt, {.processes = 1}};
    auto from_a = a.map_async(own_pid, std::vector<int>(100));
    const auto from_b = b.map(own_pid, std::vector<int>(100));
    const std::set<pid_t> of_a = [&] {
      const auto all = from_a.get(10s);
      return std::set<pid_t>(all.begin(), all.end());
    }();
    CHECK(of_a == std::set{a.workers().at(0).pid});
    CHECK(of_a.count(from_b[0]) == 0);
    a.terminate();
    CHECK(b.apply(same, 1) == 1);
  });
}

TEST_CASE("workers() tells who works and on what") {
  in_pool(20s, [](troupe::pool& pool) {
    using state = troupe::worker_state;
    const auto all_are = [&](state s) {
      const auto all = pool.workers();
      return all.size() == 2 &&
             std::all_of(all.begin(), all.end(), [&](const auto& w) { return w.state == s; });
    };
    CHECK(eventually(5s, [&] { return all_are(state::idle); }));
    auto call = pool.with({.chunk = 1}).map_async(after_ms, {300, 300});
    CHECK(eventually(5s, [&] { return all_are(state::busy); }));
    call.get();
    CHECK(all_are(state::idle));
    double busy = 0;
    std::size_t done = 0;
    for (const auto& w : pool.workers()) {
      CHECK(w.rss_bytes > 0);
      CHECK(w.restarts == 0);
      CHECK(w.name.find("worker") != std::string::npos);
      busy += w.seconds_busy;
      done += w.tasks_done;
    }
    CHECK(busy >= 0.59);
    CHECK(done == 2);
  });
}

TEST_CASE("a pool has as many workers as asked for, or as there are processors") {
  in_runtime(20s, [](troupe::runtime& rt) {
    troupe::pool three{rt, {.processes = 3}};
    CHECK(three.size() == 3);
    CHECK(three.workers().size() == 3);
    troupe::pool usual{rt};
    CHECK(usual.size() == troupe::cpu_count());
    CHECK_THROWS_AS((troupe::pool{rt, {.processes = 100'000}}), troupe::usage_error);
  });
}

TEST_CASE("close ends a pool whose imap was not consumed to its end") {
  in_pool(20s, [](troupe::pool& pool) {
    {
      auto results = pool.imap(same, std::vector<int>(100'000));
      results.next();
      pool.close();
      CHECK_FALSE(pool.join(20ms));
    }
    CHECK(pool.join(10s));
  });
}

TEST_CASE("a task that wants a runtime of its own is told that workers have none") {
  in_pool(20s, [](troupe::pool& pool) {
    const auto make = [] { troupe::runtime rt{0, nullptr}; };
    const auto ask = [] { static_cast<void>(troupe::runtime::current()); };
    CHECK_THROWS_WITH(pool.apply(make), Catch::Contains("a worker process has no runtime"));
    CHECK_THROWS_WITH(pool.apply(ask), Catch::Contains("a worker process has no runtime"));
  });
}

TEST_CASE("threads use a pool while its runtime ends") {
  within(60s, [] {
    for (int i = 0; i < 30; ++i) {
      std::optional<troupe::runtime> rt{std::in_place, 0, nullptr};
      troupe::pool pool{*rt, {.processes = 1}};
      std::atomic<bool> over{false};
      const auto until_over = [&](auto body) {
        while (!over)
          try {
            body();
          } catch (const troupe::error&) {
          }
      };
      std::thread asks{[&] { until_over([&] { pool.workers(); }); }};
      std::thread calls{[&] { until_over([&] { static_cast<void>(pool.apply_async(same, 1).get(10s)); }); }};
      CHECK(pool.apply(same, 3) == 3);
      rt.reset();
      over = true;
      asks.join();
      calls.join();
    }
  });
}
