// SPDX-License-Identifier: BSD-3-Clause
// Row 10: workers are stopped (SIGSTOP). The heartbeat finds them; they are killed and replaced.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"
#include "support/strike.hpp"

#include <csignal>
#include <thread>
#include <vector>

using namespace test_support;

namespace {

int same(int x) { return x; }
int after_ms(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds{ms}); // sleep: a task that takes its time
  return ms;
}

void stop_all(const troupe::pool& pool) {
  for (const auto& w : pool.workers())
    strike(w, SIGSTOP);
}

const troupe::runtime_options quick{.heartbeat = 20ms * slowness};

} // namespace

TEST_CASE("stopped workers that are busy are found, and their tasks fail as hung or are run again") {
  repeat(10, [](random_source& random) {
    in_runtime(
        30s,
        [&](troupe::runtime& rt) {
          troupe::pool pool{rt, {.processes = 2}};
          auto retried =
              pool.with({.crash_retries = 3, .chunk = 1}).map_async(after_ms, std::vector<int>(10, 5));
          auto lost = pool.with({.chunk = 1}).map_async(after_ms, std::vector<int>(200, 5));
          wait_up_to(random, 20ms);
          stop_all(pool);
          CHECK(retried.get(10s * slowness) == std::vector<int>(10, 5));
          REQUIRE(lost.wait(10s * slowness));
          try {
            lost.get();
          } catch (const troupe::worker_lost& e) {
            CHECK(e.hung());
            CHECK(e.signal() == SIGKILL);
          }
        },
        quick);
  });
}

TEST_CASE("stopped idle workers cost no task") {
  repeat(10, [](random_source&) {
    in_runtime(
        30s,
        [](troupe::runtime& rt) {
          troupe::pool pool{rt, {.processes = 2}};
          pool.map(same, {1, 2});
          stop_all(pool);
          const auto settled = pool.with({.crash_retries = 1}).map_settled(same, {1, 2, 3, 4});
          for (int i = 0; i < 4; ++i)
            CHECK(settled[static_cast<std::size_t>(i)].value() == i + 1);
        },
        quick);
  });
}

TEST_CASE("stopped workers do not hold up terminate or the end of the runtime") {
  repeat(20, [](random_source& random) {
    in_runtime(5s, [&](troupe::runtime& rt) {
      troupe::pool pool{rt, {.processes = 2}};
      auto call = pool.map_async(after_ms, std::vector<int>(200, 5));
      wait_up_to(random, 5ms);
      stop_all(pool);
      pool.terminate();
      CHECK_THROWS_AS(call.get(), troupe::stopped);
    });
  });
}

TEST_CASE("a pool that was closed and whose workers do not end is terminated in bounded time") {
  in_runtime(30s,
             [](troupe::runtime& rt) {
               troupe::pool pool{rt, {.processes = 2}};
               pool.map(same, {1, 2});
               stop_all(pool);
               pool.close();
               CHECK_FALSE(pool.join(50ms));
               pool.terminate();
               CHECK(pool.join(0ms));
             },
             {.heartbeat = 0ms});
}
