// SPDX-License-Identifier: BSD-3-Clause
//
// Savina's Counting: an actor sends increments to another as fast as it can, and asks for the count at the end.

#include "savina/places.hpp"

class counter : public troupe::actor {
 public:
  void increment() { ++count_; }
  long count() const { return count_; }

 private:
  long count_ = 0;
};

class producer : public troupe::actor {
 public:
  troupe::task<long> produce(troupe::actor_ref<counter> to, long increments) {
    for (long i = 0; i < increments; ++i)
      to.tell<&counter::increment>();
    co_return co_await to.ask<&counter::count>();
  }
};

int main(int argc, char** argv) {
  return bench::run(
      argc, argv, {"savina_counting", "us", 1'000'000}, [&](troupe::runtime& rt, long increments) {
        bench::places places{rt, argc, argv};
        const auto one = rt.spawn<producer>({.place = places.next()});
        const auto other = rt.spawn<counter>({.place = places.next()});

        const auto start = bench::clock::now();
        bench::require(one.ask<&producer::produce>(other, increments).get() == increments, "count");
        return bench::result{bench::seconds_since(start) / static_cast<double>(increments) * 1e6};
      });
}
