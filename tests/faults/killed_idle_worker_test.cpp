// SPDX-License-Identifier: BSD-3-Clause
// Row 2: idle workers are killed. Nothing fails, nothing hangs.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"
#include "support/strike.hpp"

#include <algorithm>
#include <csignal>
#include <functional>
#include <vector>

using namespace test_support;

namespace {

int same(int x) { return x; }

/// Its receiver does something else in the middle of reading it.
struct slow_to_read {
  static inline std::function<void()> while_read;
  template <class Archive>
  void save(Archive&) const {}
  template <class Archive>
  void load(Archive&) {
    if (while_read)
      while_read();
  }
};

std::vector<pid_t> kill_idle(troupe::pool& pool, std::size_t count) {
  std::vector<pid_t> killed;
  for (const auto& w : pool.workers())
    if (killed.size() < count && w.pid != 0) {
      strike(w, SIGKILL);
      killed.push_back(w.pid);
    }
  return killed;
}

} // namespace

TEST_CASE("work given after one idle worker or all of them were killed is done") {
  repeat(100, [](random_source& random) {
    in_pool(30s, [&](troupe::pool& pool) {
      for (std::size_t count : {1, 2}) {
        pool.map(same, {1, 2, 3, 4});
        kill_idle(pool, count);
        wait_up_to(random, 3ms);
        std::vector<int> results;
        for (auto& outcome : pool.map_settled(same, {1, 2, 3, 4}))
          results.push_back(outcome.value());
        CHECK(results == std::vector{1, 2, 3, 4});
      }
    });
  });
}

TEST_CASE("a pool whose workers were all killed can be terminated, closed or destroyed at once") {
  repeat(60, [](random_source& random) {
    in_runtime(30s, [&](troupe::runtime& rt) {
      for (int way = 0; way < 3; ++way) {
        troupe::pool pool{rt, {.processes = 2}};
        if (random_below(random, 2))
          pool.apply(same, 1);
        kill_idle(pool, 2);
        wait_up_to(random, 2ms);
        if (way == 0)
          pool.terminate();
        if (way == 1)
          pool.close();
        if (way != 2)
          CHECK(pool.join(5s * slowness));
      }
    });
  });
}

TEST_CASE("hundreds of workers that end while a result is being read are all replaced") {
  if (sanitized)
    return; // hundreds of processes with shadow memory
  const auto all_idle = [](const troupe::pool& pool, int restarts) {
    const auto all = pool.workers();
    return std::all_of(all.begin(), all.end(), [restarts](const auto& w) {
      return w.state == troupe::worker_state::idle && w.restarts == restarts;
    });
  };
  in_pool(60s,
          [&](troupe::pool& pool) {
            REQUIRE(eventually(20s, [&] { return all_idle(pool, 0); }));
            const auto workers = pool.workers();
            slow_to_read::while_read = [&] {
              for (const auto& w : workers)
                strike(w, SIGKILL);
              eventually(20s, [&] {
                return std::all_of(workers.begin(), workers.end(),
                                   [](const auto& w) { return process_state(w.pid).empty(); });
              });
            };
            pool.apply([] { return slow_to_read{}; });
            CHECK(pool.map(same, {1, 2, 3}) == std::vector{1, 2, 3});
            CHECK(eventually(20s, [&] { return all_idle(pool, 1); }));
            slow_to_read::while_read = {};
          },
          {.processes = 300});
}

TEST_CASE("killed idle workers are replaced without a call") {
  repeat(5, [](random_source&) {
    in_pool(30s, [](troupe::pool& pool) {
      pool.map(same, {1, 2});
      const auto killed = kill_idle(pool, 2);
      CHECK(eventually(5s, [&] {
        int fresh = 0;
        for (const auto& w : pool.workers())
          fresh += w.state == troupe::worker_state::idle && w.restarts == 1;
        return fresh == 2;
      }));
    });
  });
}

TEST_CASE("a place that is being filled again still tells the pid of the process before") {
  repeat(60, [](random_source&) {
    in_pool(30s, [](troupe::pool& pool) {
      const auto struck = pool.workers()[0].pid;
      ::kill(struck, SIGKILL);
      troupe::worker_info now;
      do {
        now = pool.workers()[0];
        REQUIRE(now.pid > 0);
      } while (now.pid == struck);
      CHECK(now.restarts == 1);
    });
  });
}
