// SPDX-License-Identifier: BSD-3-Clause
// Rows 8 and 28: handles of a pool that is gone, or closed, or of a runtime that has ended.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"

#include <optional>
#include <ranges>
#include <thread>
#include <vector>

using namespace test_support;

namespace {

int same(int x) { return x; }
int after_ms(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds{ms}); // sleep: a task that takes its time
  return ms;
}

} // namespace

TEST_CASE("handles of a pool that is gone say stopped, and those that were done keep their value") {
  repeat(60, [](random_source& random) {
    in_runtime(30s, [&](troupe::runtime& rt) {
      std::optional<troupe::pool> pool{std::in_place, rt, troupe::pool_options{.processes = 2}};
      auto done = pool->apply_async(same, 1);
      done.wait(10s);
      auto call = pool->apply_async(after_ms, 60'000);
      auto calls = pool->map_async(after_ms, std::vector<int>(100, 60'000));
      auto stream = pool->imap_unordered(after_ms, std::views::iota(60'000));
      wait_up_to(random, 2ms);
      pool.reset();
      CHECK_THROWS_AS(call.get(), troupe::stopped);
      CHECK_THROWS_AS(calls.get(5s), troupe::stopped);
      CHECK_THROWS_AS(stream.next(), troupe::stopped);
      CHECK(call.ready());
      CHECK_FALSE(call.successful());
      CHECK(done.get() == 1);
    });
  });
}

TEST_CASE("a handle may be waited for while the pool goes in another thread") {
  repeat(60, [](random_source& random) {
    in_runtime(30s, [&](troupe::runtime& rt) {
      std::optional<troupe::pool> pool{std::in_place, rt, troupe::pool_options{.processes = 2}};
      auto call = pool->map_async(after_ms, std::vector<int>(100, 60'000));
      std::jthread ender{[&, random]() mutable {
        wait_up_to(random, 2ms);
        pool.reset();
      }};
      CHECK_THROWS_AS(call.get(), troupe::stopped);
    });
  });
}

TEST_CASE("every call resolves that is made while the pool is ended in another thread") {
  repeat(200, [](random_source& random) {
    in_runtime(30s, [&](troupe::runtime& rt) {
      troupe::pool pool{rt, {.processes = 1}};
      std::jthread ender{[&, random]() mutable {
        wait_up_to(random, 300us);
        pool.terminate();
      }};
      const auto ends = [](auto call) {
        try {
          call();
        } catch (const troupe::stopped&) {
          return true; // under way by then
        } catch (const troupe::usage_error&) {
          return true; // too late
        }
        return false;
      };
      while (!ends([&] { pool.apply(same, 1); })) {
      }
      CHECK(ends([&] { pool.map_async(same, {1, 2}).get(); }));
      CHECK(ends([&] { pool.imap(same, {1, 2}).next(); }));
      static_cast<void>(pool.workers());
    });
  });
}

TEST_CASE("a view of a pool that is gone says so") {
  in_runtime(30s, [](troupe::runtime& rt) {
    std::optional<troupe::pool> pool{std::in_place, rt, troupe::pool_options{.processes = 1}};
    const auto view = pool->with({.chunk = 1});
    pool.reset();
    CHECK_THROWS_AS(view.apply(same, 1), troupe::usage_error);
    CHECK_THROWS_AS(view.imap(same, {1}), troupe::usage_error);
  });
}

TEST_CASE("a handle that was done may outlive the runtime") {
  std::optional<troupe::async_result<int>> done;
  std::optional<troupe::async_result<int>> undone;
  in_runtime(30s, [&](troupe::runtime& rt) {
    troupe::pool pool{rt, {.processes = 1}};
    done = pool.apply_async(same, 1);
    done->wait(10s);
    undone = pool.apply_async(after_ms, 60'000);
  });
  CHECK(done->get() == 1);
  CHECK_THROWS_AS(undone->get(), troupe::stopped);
}

TEST_CASE("results that were not consumed may outlive the runtime") {
  within(30s, [] {
    std::optional<troupe::imap_range<int>> stream;
    std::optional<troupe::imap_range<int>> unread;
    {
      troupe::runtime rt{0, nullptr};
      troupe::pool pool{rt, {.processes = 1}};
      stream = pool.imap(same, {1, 2, 3});
      CHECK(stream->next() == 1);
      unread = pool.imap(after_ms, std::views::iota(60'000));
    }
    CHECK_THROWS_AS(unread->next(), troupe::stopped);
  });
}

TEST_CASE("a pool that outlives its runtime has ended, and harms nothing in the next one") {
  repeat(20, [](random_source&) {
    std::optional<troupe::pool> pool;
    std::optional<troupe::async_result<int>> undone;
    in_runtime(30s, [&](troupe::runtime& rt) {
      pool.emplace(rt, troupe::pool_options{.processes = 2});
      undone = pool->apply_async(after_ms, 60'000);
    });
    in_pool(30s, [&](troupe::pool& next) {
      CHECK_THROWS_AS(undone->get(), troupe::stopped);
      CHECK_THROWS_AS(pool->apply(same, 1), troupe::usage_error);
      CHECK(pool->workers().empty());
      CHECK(pool->join(1s));
      pool.reset();
      CHECK(next.apply(same, 1) == 1);
    });
  });
}

TEST_CASE("a process object that outlives its runtime tells how it ended, and does not start again") {
  within(30s, [] {
    std::optional<troupe::process> ended;
    std::optional<troupe::process> unstarted;
    {
      troupe::runtime rt{0, nullptr};
      ended.emplace(rt, after_ms, 0);
      ended->start();
      ended->join();
      unstarted.emplace(rt, after_ms, 0);
    }
    CHECK(ended->exitcode() == 0);
    CHECK_THROWS_AS(unstarted->start(), troupe::usage_error);
  });
}
