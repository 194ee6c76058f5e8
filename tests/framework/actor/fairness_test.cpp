// SPDX-License-Identifier: BSD-3-Clause
// Actors that always have something to do keep nobody else waiting for ever.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace test_support;

namespace {

/// Sends itself a message for each that it handles.
class busy : public troupe::actor {
 public:
  using ref = troupe::actor_ref<busy>;
  void go() {
    ++turns_;
    const ref me = self();
    me.tell<&busy::go>();
  }
  long turns() const { return turns_; }

 private:
  long turns_ = 0;
};

/// Sends the other one a message for each that it handles.
class player : public troupe::actor {
 public:
  using ref = troupe::actor_ref<player>;
  void play(ref other) {
    ++played_;
    const ref me = self();
    other.tell<&player::play>(me);
  }
  long played() const { return played_; }

 private:
  long played_ = 0;
};

std::string passed; // by relays, which run on one thread

/// Has a message passed on to others.
class relay : public troupe::actor {
 public:
  using ref = troupe::actor_ref<relay>;
  relay(char name, std::vector<ref> next) : name_{name}, next_{std::move(next)} {}
  void pass() {
    passed += name_;
    for (const auto& other : next_)
      other.tell<&relay::pass>();
  }
  std::string all_passed() const { return passed; }

 private:
  char name_;
  std::vector<ref> next_;
};

constexpr int works = 100;
std::atomic<int> done_in_this_process{0};

class slow : public troupe::actor {
 public:
  void work() {
    std::this_thread::sleep_for(10ms); // sleep: a task that takes its time
    ++done_in_this_process;
  }
  int done() const { return done_in_this_process; }
};

class calm : public troupe::actor {
 public:
  int one() const { return 1; }
  int done_by_others() const { return done_in_this_process; }
  troupe::task<int> one_later() {
    co_await after(1ms);
    co_return 1;
  }
};

template <class Body>
void in_both_places(Body body) {
  in_runtime(60s, [&](troupe::runtime& rt) {
    body(rt, troupe::this_process);
    body(rt, troupe::beside(rt.spawn<calm>({.place = troupe::own_process})));
  });
}

std::atomic<int> arrived{0};

/// Comes to a meeting of two, which takes place if both handlers run at the same time.
class visitor : public troupe::actor {
 public:
  bool meet() {
    ++arrived;
    return eventually(10s, [] { return arrived == 2; });
  }
};

class inviter : public troupe::actor {
 public:
  using ref = troupe::actor_ref<visitor>;
  troupe::task<bool> invite(ref one, ref other) {
    auto first = one.ask<&visitor::meet>();
    auto second = other.ask<&visitor::meet>();
    const bool one_met = co_await std::move(first);
    const bool other_met = co_await std::move(second);
    co_return (one_met && other_met);
  }
};

} // namespace

TEST_CASE("an actor that keeps itself busy hears others, and so do those beside it") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto one = rt.spawn<busy>({.place = place});
    const auto other = rt.spawn<calm>({.place = place});
    one.tell<&busy::go>();
    const auto before = one.ask<&busy::turns>().get(10s);
    CHECK(other.ask<&calm::one>().get(10s) == 1);
    CHECK(rt.spawn<calm>({.place = place}).ask<&calm::one>().get(10s) == 1);
    CHECK(eventually(10s, [&] { return one.ask<&busy::turns>().get(10s) > before; }));
    one.stop();
    CHECK(one.when_down().get(10s).kind == troupe::exit_kind::stopped);
  });
}

TEST_CASE("the runtime ends in order while actors keep themselves busy") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    rt.spawn<busy>({.place = place}).tell<&busy::go>();
  });
}

TEST_CASE("two actors that keep each other busy keep no timer from ringing") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto one = rt.spawn<player>({.place = place});
    const auto other = rt.spawn<player>({.place = place});
    one.tell<&player::play>(other);
    CHECK(rt.spawn<calm>({.place = place}).ask<&calm::one_later>().get(10s) == 1);
  });
}

TEST_CASE("pairs of actors that keep each other busy all have their turns") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    std::vector<player::ref> players;
    for (int i = 0; i < 40; ++i)
      players.push_back(rt.spawn<player>({.place = place}));
    for (std::size_t i = 0; i < players.size(); i += 2)
      players[i].tell<&player::play>(players[i + 1]);
    for (const auto& one : players) {
      const auto before = one.ask<&player::played>().get(10s);
      CHECK(eventually(10s, [&] { return one.ask<&player::played>().get(10s) > before + 1000; }));
    }
  });
}

TEST_CASE("what a message brings about is done in its order, and before what was ready before it") {
  in_runtime(60s, [](troupe::runtime& rt) {
    const auto relay_to = [&](char name, std::vector<relay::ref> next) {
      return rt.spawn<relay>(name, next);
    };
    const auto c = relay_to('c', {});
    const auto d = relay_to('d', {});
    const auto b = relay_to('b', {c, d});
    const auto f = relay_to('f', {});
    const auto e = relay_to('e', {f});
    const auto a = relay_to('a', {b, e});
    a.tell<&relay::pass>();
    CHECK(eventually(10s, [&] { return a.ask<&relay::all_passed>().get(10s).size() == 6; }));
    CHECK(a.ask<&relay::all_passed>().get(10s) == "abcdef");
  });
}

TEST_CASE("who has much to do that takes long shares the thread with others all the same") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto one = rt.spawn<slow>({.place = place});
    const auto other = rt.spawn<calm>({.place = place});
    const auto before = one.ask<&slow::done>().get(10s);
    for (int i = 0; i < works; ++i)
      one.tell<&slow::work>();
    auto all_done = one.ask<&slow::done>();
    CHECK(other.ask<&calm::done_by_others>().get(10s) < before + works);
    CHECK(all_done.get(20s) == before + works);
  });
}

TEST_CASE("actors that one handler has made ready run on all scheduler threads") {
  repeat(20, [](random_source&) {
    in_runtime(60s,
               [](troupe::runtime& rt) {
                 arrived = 0;
                 const auto one = rt.spawn<visitor>();
                 const auto other = rt.spawn<visitor>();
                 CHECK(rt.spawn<inviter>().ask<&inviter::invite>(one, other).get(20s));
               },
               {.scheduler_threads = 2});
  });
}
