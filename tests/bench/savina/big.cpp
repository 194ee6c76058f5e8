// SPDX-License-Identifier: BSD-3-Clause
//
// Savina's Big: each of 120 actors sends pings to others chosen at random, the next when the pong has come.

#include "savina/places.hpp"

#include <random>

constexpr std::size_t actors = 120;

class neighbour : public troupe::actor {
 public:
  using ref = troupe::actor_ref<neighbour>;

  explicit neighbour(unsigned seed) : random_{seed} {}

  /// Answered with the pongs that came.
  troupe::promise<long> play(std::vector<ref> all, long pings) {
    all_ = std::move(all);
    left_ = pings;
    ping_somebody();
    return done_;
  }
  void ping(ref from) {
    ++pings_;
    from.tell<&neighbour::pong>();
  }
  void pong() {
    ++pongs_;
    if (left_ == 0)
      done_.set(pongs_);
    else
      ping_somebody();
  }
  long pings() const { return pings_; }

 private:
  void ping_somebody() {
    --left_;
    all_[random_() % all_.size()].tell<&neighbour::ping>(self());
  }

  std::minstd_rand random_;
  std::vector<ref> all_;
  long left_ = 0;
  long pings_ = 0;
  long pongs_ = 0;
  troupe::promise<long> done_;
};

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"savina_big", "us", 5'000}, [&](troupe::runtime& rt, long pings) {
    bench::places places{rt, argc, argv};
    std::vector<neighbour::ref> all;
    for (unsigned i = 0; i < actors; ++i)
      all.push_back(rt.spawn<neighbour>({.place = places.next()}, i + 1));

    const auto start = bench::clock::now();
    std::vector<troupe::reply<long>> pongs;
    for (const auto& one : all)
      pongs.push_back(one.ask<&neighbour::play>(all, pings));
    for (auto& came : pongs)
      bench::require(came.get() == pings, "pongs");
    const double seconds = bench::seconds_since(start);
    const auto all_pings = pings * static_cast<long>(actors);
    long pinged = 0;
    for (const auto& one : all)
      pinged += one.ask<&neighbour::pings>().get();
    bench::require(pinged == all_pings, "pings");
    return bench::result{seconds / static_cast<double>(all_pings) * 1e6};
  });
}
