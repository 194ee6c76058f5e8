// SPDX-License-Identifier: BSD-3-Clause
//
// Two actors in two processes play ping-pong, and the time of a round trip is measured.
//
// Teaches: a handler may be a coroutine: co_await waits for an answer while its actor handles other messages.
// New since counter_process: troupe::task, co_await, an actor that asks another one.
// Expected output (the time varies):
//   10000 rounds, 10000 hits here and 10000 there
//   25.4 us per round trip

#include <troupe/troupe.hpp>

#include <chrono>
#include <cstdio>

class returner : public troupe::actor {
 public:
  int hit(int ball) {
    ++hits_;
    return ball + 1;
  }
  int hits() const { return hits_; }

 private:
  int hits_ = 0;
};

class server : public troupe::actor {
 public:
  /// Gives the ball back: how often it was hit, by both.
  troupe::task<int> play(troupe::actor_ref<returner> other, int rounds) {
    int ball = 0;
    for (int i = 0; i < rounds; ++i)
      ball = co_await other.ask<&returner::hit>(ball + 1);
    co_return ball;
  }
};

int main(int argc, char** argv) {
  constexpr int rounds = 10'000;
  troupe::runtime rt{argc, argv};
  const auto here = rt.spawn<server>();
  const auto there = rt.spawn<returner>({.place = troupe::own_process});

  const auto start = std::chrono::steady_clock::now();
  const int hits = here.ask<&server::play>(there, rounds).get();
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;

  const int hits_there = there.ask<&returner::hits>().get();
  std::printf("%d rounds, %d hits here and %d there\n", rounds, hits - hits_there, hits_there);
  std::printf("%.1f us per round trip\n", took.count() / rounds);
  return hits == 2 * rounds && hits_there == rounds ? 0 : 1;
}
