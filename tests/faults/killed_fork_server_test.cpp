// SPDX-License-Identifier: BSD-3-Clause
// Row 20: fork servers are killed or stopped. Live workers do not notice; the next start finds another.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"

#include <algorithm>
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
int die(int) {
  ::raise(SIGKILL);
  return 0;
}

bool none_starts(const troupe::pool& pool) {
  const auto all = pool.workers();
  return std::none_of(all.begin(), all.end(),
                      [](const auto& w) { return w.state == troupe::worker_state::starting; });
}

void strike_fork_servers(random_source& random) {
  const auto servers = fork_servers();
  const int signal = random_below(random, 3) == 0 ? SIGSTOP : SIGKILL;
  const int which = random_below(random, 3);
  for (std::size_t i = 0; i < servers.size(); ++i)
    if (which == 2 || which == static_cast<int>(i))
      ::kill(servers[i], signal);
}

} // namespace

TEST_CASE("children do not notice the death of fork servers, and replacements start") {
  repeat(20, [](random_source& random) {
    in_pool(60s, [&](troupe::pool& pool) {
      auto call = pool.with({.chunk = 1}).map_async(after_ms, std::vector<int>(40, 1));
      CHECK(eventually(5s, [&] { return none_starts(pool); })); // until then a worker has their name
      wait_up_to(random, 10ms);
      strike_fork_servers(random);
      CHECK(call.get(10s) == std::vector<int>(40, 1));
      for (const auto& w : pool.workers())
        CHECK(w.restarts == 0);
      CHECK_THROWS_AS(pool.apply(die, 1), troupe::worker_lost);
      CHECK(pool.with({.chunk = 1}).map(same, {1, 2, 3, 4}) == std::vector{1, 2, 3, 4});
      const auto whole = [&] {
        const auto all = pool.workers();
        return all[0].state == troupe::worker_state::idle && all[1].state == troupe::worker_state::idle;
      };
      CHECK(eventually(10s, whole));
      CHECK(eventually(5s, [] { return fork_servers().size() == 2; }));
    });
  });
}

TEST_CASE("pools are made while fork servers die") {
  repeat(20, [](random_source& random) {
    in_runtime(60s, [&](troupe::runtime& rt) {
      for (int i = 0; i < 3; ++i) {
        strike_fork_servers(random);
        troupe::pool pool{rt, {.processes = 2}};
        CHECK(pool.map(same, {1, 2, 3}) == std::vector{1, 2, 3});
        if (i == 1)
          strike_fork_servers(random);
      }
      troupe::pool last{rt, {.processes = 1}}; // both servers are there again, as before
      CHECK(eventually(5s, [] { return fork_servers().size() == 2; }));
    });
  });
}

TEST_CASE("a worker's exit status is known although its fork server is gone") {
  repeat(10, [](random_source&) {
    in_pool(60s, [](troupe::pool& pool) {
      pool.map(same, {1, 2, 3, 4});
      for (pid_t server : fork_servers())
        ::kill(server, SIGKILL);
      try {
        pool.apply([] { std::exit(7); });
        FAIL("nothing was thrown");
      } catch (const troupe::worker_lost& e) {
        CHECK(e.exit_code() == 7);
      }
      CHECK(pool.apply(same, 1) == 1);
    });
  });
}
