// SPDX-License-Identifier: BSD-3-Clause
//
// A hundred thousand actors in one process: the time to make one and hear from it, and the memory it takes.

#include "bench.hpp"
#include "resident.hpp"

#include <algorithm>

constexpr long wave = 1000; // actors at a time: what they say shall not count as their memory

class collector : public troupe::actor {
 public:
  /// Answered with the sum of so many numbers.
  troupe::promise<long> sum(long numbers) {
    missing_ = numbers;
    sum_ = 0;
    return done_ = {};
  }
  void add(long number) {
    sum_ += number;
    if (--missing_ == 0)
      done_.set(sum_);
  }

 private:
  long missing_ = 0;
  long sum_ = 0;
  troupe::promise<long> done_;
};

class member : public troupe::actor {
 public:
  explicit member(long number) : number_{number} {}
  void show(troupe::actor_ref<collector> to) const { to.tell<&collector::add>(number_); }

 private:
  long number_;
};

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"actors_100k", "us", 100'000}, [](troupe::runtime& rt, long actors) {
    const auto shown = rt.spawn<collector>();
    std::vector<troupe::actor_ref<member>> all;
    all.reserve(static_cast<std::size_t>(actors));
    long sum = 0;

    const double before = bench::resident_bytes();
    const auto start = bench::clock::now();
    for (long first = 0; first < actors; first += wave) {
      const long last = std::min(first + wave, actors);
      auto wave_sum = shown.ask<&collector::sum>(last - first);
      for (long i = first; i < last; ++i) {
        all.push_back(rt.spawn<member>(i));
        all.back().tell<&member::show>(shown);
      }
      sum += wave_sum.get();
    }
    const double us = bench::seconds_since(start) * 1e6;
    const double bytes = bench::resident_bytes() - before;
    bench::require(sum == actors * (actors - 1) / 2, "sum");
    const auto each = static_cast<double>(actors);
    return bench::result{us / each, {{"bytes", bytes / each}}};
  });
}
