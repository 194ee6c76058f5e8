// SPDX-License-Identifier: BSD-3-Clause
//
// From the death of an idle worker by SIGKILL until the one that takes its place is ready.

#include "bench.hpp"

#include <algorithm>
#include <csignal>
#include <thread>

int square(int x) { return x * x; }

std::vector<pid_t> ready(const troupe::pool& pool) {
  std::vector<pid_t> pids;
  for (const troupe::worker_info& worker : pool.workers())
    if (worker.state == troupe::worker_state::idle)
      pids.push_back(worker.pid);
  return pids;
}

void wait_for(auto condition, const char* what) {
  const auto start = bench::clock::now();
  while (!condition()) {
    bench::require(bench::seconds_since(start) < 10, what);
    // Often enough to see a millisecond, not so often that looking takes a core from the pool.
    std::this_thread::sleep_for(std::chrono::microseconds{100}); // sleep: workers() has no event
  }
}

double milliseconds_to_replace_one(const troupe::pool& pool) {
  wait_for([&] { return ready(pool).size() == 2; }, "two idle workers");
  const pid_t victim = ready(pool).front();
  const pid_t other = ready(pool).back();
  const auto start = bench::clock::now();
  bench::require(kill(victim, SIGKILL) == 0, "kill");
  wait_for(
      [&] {
        const auto pids = ready(pool);
        return pids.size() == 2 && std::ranges::count(pids, victim) == 0 &&
               std::ranges::count(pids, other) == 1;
      },
      "a new worker in the place of the dead one");
  return bench::seconds_since(start) * 1e3;
}

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"worker_replacement", "ms", 20}, [](troupe::runtime& rt, long deaths) {
    troupe::pool pool{rt, {.processes = 2}};
    std::vector<double> times;
    for (long i = 0; i < deaths; ++i) {
      bench::require(pool.map(square, {1, 2, 3}) == std::vector<int>{1, 4, 9}, "squares");
      times.push_back(milliseconds_to_replace_one(pool));
    }
    bench::require(pool.map(square, {1, 2, 3}) == std::vector<int>{1, 4, 9}, "squares at the end");
    std::ranges::sort(times);
    return bench::result{times[times.size() / 2], {{"worst", times.back()}}};
  });
}
