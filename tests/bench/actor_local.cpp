// SPDX-License-Identifier: BSD-3-Clause
//
// Two actors of one process: a message there and one back, over and over.

#include "bench.hpp"

class player : public troupe::actor {
 public:
  using ref = troupe::actor_ref<player>;

  troupe::promise<long> play(ref other, long rounds) {
    left_ = rounds;
    other.tell<&player::ping>(ref{self()}, 0L);
    return done_;
  }
  void ping(ref from, long x) { from.tell<&player::pong>(ref{self()}, x + 1); }
  void pong(ref from, long x) {
    if (--left_ == 0)
      done_.set(x);
    else
      from.tell<&player::ping>(ref{self()}, x);
  }

 private:
  long left_ = 0;
  troupe::promise<long> done_;
};

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"actor_local", "us", 1'000'000}, [](troupe::runtime& rt, long rounds) {
    const auto one = rt.spawn<player>();
    const auto other = rt.spawn<player>();

    const auto start = bench::clock::now();
    bench::require(one.ask<&player::play>(other, rounds).get() == rounds, "count");
    return bench::result{bench::seconds_since(start) / static_cast<double>(rounds) * 1e6};
  });
}
