// SPDX-License-Identifier: BSD-3-Clause
//
// Savina's ThreadRing: a hundred actors in a ring pass a number on, which is one less at each.

#include "savina/places.hpp"

constexpr std::size_t members = 100;

class member : public troupe::actor {
 public:
  using ref = troupe::actor_ref<member>;

  void join(ref next) { next_ = next; }
  void pass(long left) {
    ++passed_;
    if (left == 0)
      end_.set();
    else
      next_.tell<&member::pass>(left - 1);
  }
  /// Answered by the one that the last message reaches.
  troupe::promise<void> end() { return end_; }
  long passed() const { return passed_; }

 private:
  ref next_;
  long passed_ = 0;
  troupe::promise<void> end_;
};

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"savina_thread_ring", "us", 1'000'000}, [&](troupe::runtime& rt, long hops) {
    bench::places places{rt, argc, argv};
    std::vector<member::ref> ring;
    for (std::size_t i = 0; i < members; ++i)
      ring.push_back(rt.spawn<member>({.place = places.next()}));
    for (std::size_t i = 0; i < members; ++i)
      ring[i].ask<&member::join>(ring[(i + 1) % members]).get();
    auto end = ring[static_cast<std::size_t>(hops) % members].ask<&member::end>();

    const auto start = bench::clock::now();
    ring[0].tell<&member::pass>(hops);
    end.get();
    const double seconds = bench::seconds_since(start);
    long passed = 0;
    for (const auto& one : ring)
      passed += one.ask<&member::passed>().get();
    bench::require(passed == hops + 1, "messages");
    return bench::result{seconds / static_cast<double>(hops) * 1e6};
  });
}
