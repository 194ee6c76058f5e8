// SPDX-License-Identifier: BSD-3-Clause
//
// One question after the other between actors of two worker processes: the round trip.

#include "bench.hpp"

class echo : public troupe::actor {
 public:
  long same(long x) const { return x; }
};

class asker : public troupe::actor {
 public:
  troupe::task<bool> ask_many(troupe::actor_ref<echo> other, long asks) {
    for (long i = 0; i < asks; ++i) {
      const long answer = co_await other.ask<&echo::same>(i);
      if (answer != i)
        co_return false;
    }
    co_return true;
  }
};

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"actor_ask_workers", "us", 200'000}, [](troupe::runtime& rt, long asks) {
    const auto one = rt.spawn<asker>({.place = troupe::own_process});
    const auto other = rt.spawn<echo>({.place = troupe::own_process});
    bench::require(one.ask<&asker::ask_many>(other, 1L).get(), "first ask");

    const auto start = bench::clock::now();
    bench::require(one.ask<&asker::ask_many>(other, asks).get(), "same");
    return bench::result{bench::seconds_since(start) / static_cast<double>(asks) * 1e6};
  });
}
