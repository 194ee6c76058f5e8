// SPDX-License-Identifier: BSD-3-Clause
//
// pool.map of a million small integers, the chunk left to the pool: what an item costs.

#include "bench.hpp"

#include <ranges>

int successor(int x) { return x + 1; }

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"pool_map_ints", "us", 1'000'000}, [](troupe::runtime& rt, long items) {
    troupe::pool pool{rt, {.processes = 2}};
    bench::require(pool.map(successor, {1, 2}) == std::vector<int>{2, 3}, "first map");
    const auto numbers = std::views::iota(0, static_cast<int>(items));

    constexpr int repetitions = 5;
    double seconds = 0;
    for (int i = 0; i < repetitions; ++i) {
      const auto start = bench::clock::now();
      const std::vector<int> results = pool.map(successor, numbers);
      seconds += bench::seconds_since(start);

      bench::require(results.size() == numbers.size(), "number of results");
      for (std::size_t k = 0; k < results.size(); ++k)
        bench::require(results[k] == static_cast<int>(k) + 1, "successor");
    }
    return bench::result{seconds / repetitions / static_cast<double>(items) * 1e6};
  });
}
