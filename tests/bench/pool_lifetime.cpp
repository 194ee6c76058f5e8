// SPDX-License-Identifier: BSD-3-Clause
//
// A pool of two from start to end: create it, map two items, close it, join it.

#include "bench.hpp"

int square(int x) { return x * x; }

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"pool_lifetime", "us", 50}, [](troupe::runtime& rt, long pools) {
    const auto start = bench::clock::now();
    for (long i = 0; i < pools; ++i) {
      troupe::pool pool{rt, {.processes = 2}};
      bench::require(pool.map(square, {3, 4}) == std::vector<int>{9, 16}, "squares");
      pool.close();
      pool.join();
    }
    return bench::result{bench::seconds_since(start) / static_cast<double>(pools) * 1e6};
  });
}
