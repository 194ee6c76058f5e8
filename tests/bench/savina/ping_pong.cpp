// SPDX-License-Identifier: BSD-3-Clause
//
// Savina's PingPong: two actors, a message there and one back, over and over.

#include "savina/places.hpp"

class ponger;

class pinger : public troupe::actor {
 public:
  troupe::promise<long> play(troupe::actor_ref<ponger> other, long pings) {
    other_ = other;
    left_ = pings;
    ping();
    return done_;
  }
  void pong() {
    ++pongs_;
    if (left_ == 0)
      done_.set(pongs_);
    else
      ping();
  }

 private:
  void ping();

  troupe::actor_ref<ponger> other_;
  long left_ = 0;
  long pongs_ = 0;
  troupe::promise<long> done_;
};

class ponger : public troupe::actor {
 public:
  void ping(troupe::actor_ref<pinger> from) {
    ++pings_;
    from.tell<&pinger::pong>();
  }
  long pings() const { return pings_; }

 private:
  long pings_ = 0;
};

void pinger::ping() {
  --left_;
  other_.tell<&ponger::ping>(self());
}

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"savina_ping_pong", "us", 500'000}, [&](troupe::runtime& rt, long pings) {
    bench::places places{rt, argc, argv};
    const auto one = rt.spawn<pinger>({.place = places.next()});
    const auto other = rt.spawn<ponger>({.place = places.next()});

    const auto start = bench::clock::now();
    bench::require(one.ask<&pinger::play>(other, pings).get() == pings, "pongs");
    const double seconds = bench::seconds_since(start);
    bench::require(other.ask<&ponger::pings>().get() == pings, "pings");
    return bench::result{seconds / static_cast<double>(pings) * 1e6};
  });
}
