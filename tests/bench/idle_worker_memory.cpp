// SPDX-License-Identifier: BSD-3-Clause
//
// The memory that a worker has for itself once it has done some work and waits for more.

#include "bench.hpp"

#include <algorithm>
#include <fstream>
#include <ranges>
#include <utility>

int square(int x) { return x * x; }

// Pages that no other process shares, clean or dirty.
double private_megabytes(pid_t pid) {
  std::ifstream rollup{"/proc/" + std::to_string(pid) + "/smaps_rollup"};
  double kibibytes = 0;
  for (std::string word; rollup >> word;) {
    double value = 0;
    if (word.starts_with("Private_") && rollup >> value)
      kibibytes += value;
  }
  bench::require(kibibytes > 0, "smaps_rollup of a worker");
  return kibibytes * 1024 / 1e6;
}

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"idle_worker_memory", "MB", 100}, [](troupe::runtime& rt, long items) {
    troupe::pool pool{rt, {.processes = 2}};
    const auto squares = pool.map(square, std::views::iota(0, static_cast<int>(items)));
    bench::require(std::cmp_equal(squares.size(), items), "number of results");
    bench::require(std::cmp_equal(squares.back(), (items - 1) * (items - 1)), "square");

    double most = 0;
    const auto workers = pool.workers();
    bench::require(workers.size() == 2, "number of workers");
    for (const troupe::worker_info& worker : workers)
      most = std::max(most, private_megabytes(worker.pid));
    return bench::result{most};
  });
}
