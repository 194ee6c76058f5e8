// SPDX-License-Identifier: BSD-3-Clause
// Actors of two worker processes: introduced on demand, then alone with each other.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"
#include "support/strike.hpp"

#include <csignal>
#include <string>
#include <vector>

using namespace test_support;

namespace {

class neighbour : public troupe::actor {
 public:
  using ref = troupe::actor_ref<neighbour>;

  pid_t pid() const { return ::getpid(); }
  int same(int x) const { return x; }
  void die() { ::raise(SIGKILL); }

  troupe::task<int> relay(ref next, int x) { co_return co_await next.ask<&neighbour::same>(x); }
  troupe::task<int> around(std::vector<ref> ring, std::size_t at, int hops) {
    if (hops == 0)
      co_return 0;
    const auto next = (at + 1) % ring.size();
    co_return 1 + co_await ring[next].ask<&neighbour::around>(ring, next, hops - 1);
  }

  void flood(ref other, int count) {
    for (int i = 0; i < count; ++i)
      other.tell<&neighbour::take>(i);
  }
  /// Until one of them finds no room on the link.
  int flood_link(ref other) {
    int sent = 0;
    do
      other.tell<&neighbour::take>(sent++);
    while (!other.internals()->way().congested());
    return sent;
  }
  void take(int i) { in_order_ = in_order_ && i == taken_++; }
  int taken() const { return in_order_ ? taken_ : -1; }

  /// Asks until the other is gone. How often it was answered, and the text of the end.
  troupe::task<std::pair<int, std::string>> ask_to_the_end(ref other) {
    for (int answered = 0;; ++answered) {
      try {
        co_await other.ask<&neighbour::same>(answered);
      } catch (const troupe::actor_down& e) {
        co_return std::pair{answered, std::string{e.what()}};
      }
    }
  }
  troupe::task<troupe::exit_reason> end_of(ref other) { co_return co_await other.when_down(); }
  ref make_neighbour() { return spawn<neighbour>({.place = troupe::own_process}); }

 private:
  int taken_ = 0;
  bool in_order_ = true;
};

using ref = neighbour::ref;

ref in_own_process(troupe::runtime& rt) { return rt.spawn<neighbour>({.place = troupe::own_process}); }

} // namespace

TEST_CASE("beside nobody is nowhere") {
  in_runtime(20s, [](troupe::runtime& rt) {
    CHECK_THROWS_AS(rt.spawn<neighbour>({.place = beside(rt.find<neighbour>("nobody"))}),
                    troupe::usage_error);
  });
}

TEST_CASE("actors of two workers ask each other, in both directions at once") {
  in_runtime(30s, [](troupe::runtime& rt) {
    const auto a = in_own_process(rt);
    const auto b = in_own_process(rt);
    std::vector<troupe::reply<int>> replies;
    for (int i = 0; i < 100; ++i) {
      replies.push_back(a.ask<&neighbour::relay>(b, i));
      replies.push_back(b.ask<&neighbour::relay>(a, i));
    }
    for (int i = 0; i < 200; ++i)
      CHECK(replies[static_cast<std::size_t>(i)].get(10s) == i / 2);
  });
}

TEST_CASE("messages from worker to worker arrive in order, also those sent before the two were introduced") {
  repeat(5, [](random_source&) {
    in_runtime(30s, [](troupe::runtime& rt) {
      const auto a = in_own_process(rt);
      const auto b = in_own_process(rt);
      a.tell<&neighbour::flood>(b, 20'000);
      CHECK(eventually(20s, [&] { return b.ask<&neighbour::taken>().get(10s) == 20'000; }));
    });
  });
}

TEST_CASE("a question goes around a ring of workers many times") {
  in_runtime(30s, [](troupe::runtime& rt) {
    std::vector<ref> ring;
    for (int i = 0; i < 4; ++i)
      ring.push_back(in_own_process(rt));
    CHECK(ring[0].ask<&neighbour::around>(ring, std::size_t{0}, 200).get(20s) == 200);
  });
}

TEST_CASE("a worker starts an actor in a process of its own, and both reach a third") {
  in_runtime(30s, [](troupe::runtime& rt) {
    const auto a = in_own_process(rt);
    const auto b = in_own_process(rt);
    const auto c = a.ask<&neighbour::make_neighbour>().get(10s);
    CHECK(c.ask<&neighbour::pid>().get(10s) != a.ask<&neighbour::pid>().get(10s));
    CHECK(c.ask<&neighbour::relay>(b, 7).get(10s) == 7);
    CHECK(b.ask<&neighbour::relay>(c, 8).get(10s) == 8);
  });
}

TEST_CASE("a worker killed at any moment fails what its neighbours ask, with the cause") {
  repeat(20, [](random_source& random) {
    in_runtime(30s, [&](troupe::runtime& rt) {
      const auto victim = in_own_process(rt);
      const auto near = in_own_process(rt);
      auto story = near.ask<&neighbour::ask_to_the_end>(victim);
      auto end = near.ask<&neighbour::end_of>(victim);
      wait_up_to(random, 3ms);
      victim.tell<&neighbour::die>();
      CHECK(end.get(10s).kind == troupe::exit_kind::process_lost);
      CHECK(story.get(10s).second.find("SIGKILL") != std::string::npos);
      // Whoever hears of it later learns the same, and the others go on.
      const auto far = in_own_process(rt);
      CHECK(far.ask<&neighbour::ask_to_the_end>(victim).get(10s).first == 0);
      CHECK(far.ask<&neighbour::end_of>(victim).get(10s).signal == SIGKILL);
      CHECK(near.ask<&neighbour::relay>(far, 5).get(10s) == 5);
    });
  });
}

TEST_CASE("what a worker had sent another arrives, though it ended while there was no room") {
  in_runtime(30s, [](troupe::runtime& rt) {
    const auto a = in_own_process(rt);
    const auto b = in_own_process(rt);
    CHECK(a.ask<&neighbour::relay>(b, 1).get(10s) == 1); // they have met
    const auto stopped = b.ask<&neighbour::pid>().get(10s);
    REQUIRE(stop_whole_process(stopped));
    const int sent = a.ask<&neighbour::flood_link>(b).get(10s);
    a.stop();
    CHECK(a.when_down().get(10s).kind == troupe::exit_kind::stopped);
    ::kill(stopped, SIGCONT);
    CHECK(eventually(10s, [&] { return b.ask<&neighbour::taken>().get(10s) == sent; }));
  });
}
