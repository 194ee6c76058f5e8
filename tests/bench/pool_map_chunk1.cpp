// SPDX-License-Identifier: BSD-3-Clause
//
// pool.map with one item per message: what a task costs.

#include "bench.hpp"

#include <ranges>

int square(int x) { return x * x; }

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"pool_map_chunk1", "us", 200'000}, [](troupe::runtime& rt, long items) {
    troupe::pool pool{rt, {.processes = 2}};
    bench::require(pool.map(square, {1, 2}) == std::vector<int>{1, 4}, "first map");
    const auto numbers =
        std::views::iota(0, static_cast<int>(items)) | std::views::transform([](int i) { return i % 1000; });

    const auto start = bench::clock::now();
    const std::vector<int> squares = pool.with({.chunk = 1}).map(square, numbers);
    const double seconds = bench::seconds_since(start);

    bench::require(squares.size() == numbers.size(), "number of results");
    for (std::size_t i = 0; i < squares.size(); ++i) {
      const int x = static_cast<int>(i % 1000);
      bench::require(squares[i] == x * x, "square");
    }
    return bench::result{seconds / static_cast<double>(items) * 1e6};
  });
}
