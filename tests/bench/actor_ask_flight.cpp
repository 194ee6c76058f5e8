// SPDX-License-Identifier: BSD-3-Clause
//
// Questions to an actor in a process of its own, a thousand on their way at any time.

#include "bench.hpp"

#include <deque>

constexpr std::size_t in_flight = 1000;

class echo : public troupe::actor {
 public:
  long same(long x) const { return x; }
};

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"actor_ask_flight", "M/s", 2'000'000}, [](troupe::runtime& rt, long asks) {
    const auto there = rt.spawn<echo>({.place = troupe::own_process});
    bench::require(there.ask<&echo::same>(1).get() == 1, "first ask");

    std::deque<troupe::reply<long>> replies;
    long answered = 0;
    const auto take = [&] {
      bench::require(replies.front().get() == answered++, "same");
      replies.pop_front();
    };
    const auto start = bench::clock::now();
    for (long i = 0; i < asks; ++i) {
      if (replies.size() == in_flight)
        take();
      replies.push_back(there.ask<&echo::same>(i));
    }
    while (!replies.empty())
      take();
    return bench::result{static_cast<double>(asks) / bench::seconds_since(start) / 1e6};
  });
}
