// SPDX-License-Identifier: BSD-3-Clause
//
// pool.map of tasks of 1 ms each on two workers: which part of two workers' time is work.
//
// A task spins for 1 ms of real time. One that spun for 1 ms of processor time would measure the
// machine's other users as much as the pool. Two details tell what the machine allowed at that time:
// `cpu_share`, the processor time that the tasks got, of the time they took; and `without_pool`, the
// same figure for two processes that do the same work with no pool between them.

#include "bench.hpp"

#include <ctime>
#include <ranges>
#include <utility>

namespace {

constexpr double task_seconds = 1e-3;
constexpr int workers = 2;

double thread_cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

} // namespace

struct spent {
  int task;
  double seconds;
  double cpu_seconds;
};

spent spin(int task) {
  const auto start = bench::clock::now();
  const double cpu_start = thread_cpu_seconds();
  while (bench::seconds_since(start) < task_seconds) {
  }
  return {task, bench::seconds_since(start), thread_cpu_seconds() - cpu_start};
}

void spin_many(int tasks) {
  for (int i = 0; i < tasks; ++i)
    spin(i);
}

double efficiency_without_pool(troupe::runtime& rt, long tasks) {
  const auto each = static_cast<int>(tasks / workers);
  const auto start = bench::clock::now();
  troupe::process first{rt, spin_many, each};
  troupe::process second{rt, spin_many, each};
  first.start();
  second.start();
  first.join();
  second.join();
  const double seconds = bench::seconds_since(start);
  bench::require(first.exitcode() == 0 && second.exitcode() == 0, "processes without a pool");
  return each * task_seconds / seconds;
}

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"pool_map_efficiency", "of 1", 2'000}, [](troupe::runtime& rt, long tasks) {
    troupe::pool pool{rt, {.processes = workers}};
    bench::require(pool.map(spin, {1, 2}).size() == 2, "first map");

    const auto start = bench::clock::now();
    const std::vector<spent> results = pool.map(spin, std::views::iota(0, static_cast<int>(tasks)));
    const double seconds = bench::seconds_since(start);

    bench::require(std::cmp_equal(results.size(), tasks), "number of results");
    double task_time = 0;
    double cpu_time = 0;
    for (std::size_t i = 0; i < results.size(); ++i) {
      bench::require(std::cmp_equal(results[i].task, i), "order of results");
      bench::require(results[i].seconds >= task_seconds, "length of a task");
      task_time += results[i].seconds;
      cpu_time += results[i].cpu_seconds;
    }
    const double ideal = static_cast<double>(tasks) * task_seconds / workers;
    return bench::result{
        ideal / seconds,
        {{"cpu_share", cpu_time / task_time}, {"without_pool", efficiency_without_pool(rt, tasks)}}};
  });
}
