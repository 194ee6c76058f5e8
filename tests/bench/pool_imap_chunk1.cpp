// SPDX-License-Identifier: BSD-3-Clause
//
// pool.imap with one item per message: what a task costs when results are taken one by one.

#include "bench.hpp"

#include <ranges>

int square(int x) { return x * x; }

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"pool_imap_chunk1", "us", 200'000}, [](troupe::runtime& rt, long items) {
    troupe::pool pool{rt, {.processes = 2}};
    bench::require(pool.map(square, {1, 2}) == std::vector<int>{1, 4}, "first map");
    const auto numbers =
        std::views::iota(0, static_cast<int>(items)) | std::views::transform([](int i) { return i % 1000; });

    const auto start = bench::clock::now();
    int next = 0;
    for (int value : pool.with({.chunk = 1}).imap(square, numbers)) {
      const int x = next++ % 1000;
      bench::require(value == x * x, "square, in order");
    }
    const double seconds = bench::seconds_since(start);
    bench::require(next == items, "number of results");
    return bench::result{seconds / static_cast<double>(items) * 1e6};
  });
}
