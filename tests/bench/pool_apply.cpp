// SPDX-License-Identifier: BSD-3-Clause
//
// pool.apply: the round trip of one small call.

#include "bench.hpp"

int square(int x) { return x * x; }

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"pool_apply", "us", 30'000}, [](troupe::runtime& rt, long calls) {
    troupe::pool pool{rt, {.processes = 2}};
    bench::require(pool.map(square, {1, 2}) == std::vector<int>{1, 4}, "first map");

    const auto start = bench::clock::now();
    for (long i = 0; i < calls; ++i) {
      const int x = static_cast<int>(i % 1000);
      bench::require(pool.apply(square, x) == x * x, "square");
    }
    return bench::result{bench::seconds_since(start) / static_cast<double>(calls) * 1e6};
  });
}
