// SPDX-License-Identifier: BSD-3-Clause
// Several threads calling one pool, or one pool each, at once.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"

#include <atomic>
#include <future>
#include <optional>
#include <ranges>
#include <thread>
#include <vector>

using namespace test_support;

namespace {

int square(int x) { return x * x; }
int after_ms(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds{ms}); // sleep: a task that takes its time
  return ms;
}

/// Calls of each kind; counts what is wrong.
void call_all_kinds(troupe::pool& pool, int rounds, std::atomic<int>& wrong) {
  for (int i = 0; i < rounds; ++i) {
    wrong += pool.apply(square, i) != i * i;
    wrong += pool.map(square, {1, 2, i}) != std::vector{1, 4, i * i};
    auto call = pool.apply_async(square, i);
    int sum = 0;
    for (int v : pool.imap(square, std::views::iota(0, 50)))
      sum += v;
    wrong += sum != 40425;
    wrong += call.get() != i * i;
  }
}

} // namespace

TEST_CASE("eight threads may call one pool at once") {
  in_pool(60s, [](troupe::pool& pool) {
    std::atomic<int> wrong{0};
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] { call_all_kinds(pool, 200 / slowness, wrong); });
    }
    CHECK(wrong == 0);
  });
}

TEST_CASE("threads may use pools of their own in one runtime of several scheduler threads") {
  in_runtime(60s,
             [](troupe::runtime& rt) {
               std::atomic<int> wrong{0};
               {
                 std::vector<std::jthread> threads;
                 for (int t = 0; t < 4; ++t)
                   threads.emplace_back([&] {
                     troupe::pool pool{rt, {.processes = 1}};
                     call_all_kinds(pool, 100 / slowness, wrong);
                   });
               }
               CHECK(wrong == 0);
             },
             {.scheduler_threads = 3});
}

TEST_CASE("calls are answered without polling too") {
  in_runtime(60s,
             [](troupe::runtime& rt) {
               troupe::pool pool{rt, {.processes = 2}};
               std::atomic<int> wrong{0};
               {
                 std::vector<std::jthread> threads;
                 for (int t = 0; t < 3; ++t)
                   threads.emplace_back([&] { call_all_kinds(pool, 100 / slowness, wrong); });
               }
               CHECK(wrong == 0);
             },
             {.spin = 0us});
}

TEST_CASE("threads that wait are answered when another thread ends the pool") {
  repeat(30, [](random_source& random) {
    in_pool(20s, [&](troupe::pool& pool) {
      std::atomic<int> stopped{0};
      std::vector<std::jthread> threads;
      for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
          try {
            pool.with({.chunk = 1}).map(after_ms, std::vector<int>(10, 10'000));
          } catch (const troupe::error&) { // stopped; usage_error when it came after the end
            ++stopped;
          }
        });
      wait_up_to(random, 3ms);
      pool.terminate();
      threads.clear();
      CHECK(stopped == 4);
    });
  });
}

TEST_CASE("threads that wait for a pool are answered when the runtime ends") {
  repeat(50, [](random_source& random) {
    within(20s, [&] {
      std::optional<troupe::runtime> rt{std::in_place, 0, nullptr};
      auto pool = std::make_unique<troupe::pool>(*rt, troupe::pool_options{.processes = 1});
      std::atomic<int> answered{0};
      std::vector<std::jthread> threads;
      const auto waits = [&](auto call) {
        try {
          call();
        } catch (const troupe::error&) { // stopped; usage_error when it came after the end
          ++answered;
        }
      };
      for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&] { waits([&] { pool->apply_async(after_ms, 10'000).get(); }); });
        threads.emplace_back([&] {
          waits([&] {
            pool->with({.on_progress = [](const troupe::progress&) {}}).map(after_ms, {10'000, 1, 10'000});
          });
        });
      }
      wait_up_to(random, 3ms);
      rt.reset();
      threads.clear();
      CHECK(answered == 6);
      pool.reset();
    });
  });
}

TEST_CASE("a runtime ends although a thread that made a pool lives on") {
  within(20s, [] {
    std::optional<troupe::runtime> rt{std::in_place, 0, nullptr};
    std::promise<void> used;
    std::promise<void> ended;
    std::jthread user{[&] {
      {
        troupe::pool pool{*rt, {.processes = 1}};
        CHECK(pool.apply(square, 1) == 1);
      }
      used.set_value();
      ended.get_future().wait();
    }};
    used.get_future().wait();
    rt.reset();
    ended.set_value();
  });
}

TEST_CASE("a runtime may end in another thread than the one that made it") {
  within(20s, [] {
    std::optional<troupe::runtime> rt{std::in_place, 0, nullptr};
    std::optional<troupe::pool> pool{std::in_place, *rt, troupe::pool_options{.processes = 1}};
    CHECK(pool->apply(square, 1) == 1);
    std::jthread{[&] {
      pool.reset();
      rt.reset();
    }}.join();
    CHECK_FALSE(rt);
  });
}
