// SPDX-License-Identifier: BSD-3-Clause
//
// One question after the other to an actor in a process of its own: the round trip.

#include "bench.hpp"

class echo : public troupe::actor {
 public:
  long same(long x) const { return x; }
};

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"actor_ask", "us", 200'000}, [](troupe::runtime& rt, long asks) {
    const auto there = rt.spawn<echo>({.place = troupe::own_process});
    bench::require(there.ask<&echo::same>(1).get() == 1, "first ask");

    const auto start = bench::clock::now();
    for (long i = 0; i < asks; ++i)
      bench::require(there.ask<&echo::same>(i).get() == i, "same");
    return bench::result{bench::seconds_since(start) / static_cast<double>(asks) * 1e6};
  });
}
