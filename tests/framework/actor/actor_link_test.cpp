// SPDX-License-Identifier: BSD-3-Clause
// Links: who dies with whom.
#include "framework/actor/places.hpp"

#include "support/repeat.hpp"

#include <unistd.h>
#include <csignal>
#include <stdexcept>

using namespace test_support;

namespace {

class partner : public troupe::actor {
 public:
  using ref = troupe::actor_ref<partner>;

  pid_t pid() const { return ::getpid(); }
  void die() { ::raise(SIGKILL); }
  void fail() const { throw std::runtime_error("broken"); }
  void finish() { stop(); }
  void join_fate(ref other) { link(other); }
  void watch(ref other) {
    monitor(other, [this](const troupe::down& d) { downs_.push_back(d.reason); });
  }
  std::vector<troupe::exit_reason> downs() const { return downs_; }

 private:
  std::vector<troupe::exit_reason> downs_;
};

} // namespace

TEST_CASE("the abnormal end of one of two linked actors ends the other, whoever made the link") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    for (const bool linker_fails : {false, true}) {
      const auto a = rt.spawn<partner>();
      const auto b = rt.spawn<partner>({.place = place});
      a.ask<&partner::join_fate>(b).get(10s);
      b.ask<&partner::pid>().get(10s); // both know of the link
      auto end = (linker_fails ? b : a).when_down();
      (linker_fails ? a : b).tell<&partner::fail>();
      CHECK(to_string(end.get(10s)) == "exception: std::runtime_error: broken");
    }
  });
}

TEST_CASE("two processes whose actors are linked: the failure of one is not lost with its process") {
  repeat(20, [](random_source& random) {
    in_runtime(20s, [&](troupe::runtime& rt) {
      for (const bool linker_fails : {false, true}) {
        const auto a = rt.spawn<partner>({.place = troupe::own_process});
        const auto b = rt.spawn<partner>({.place = troupe::own_process});
        const auto watcher = rt.spawn<partner>();
        const auto failing = linker_fails ? a : b;
        auto end = (linker_fails ? b : a).when_down();
        a.ask<&partner::join_fate>(b).get(10s);
        watcher.ask<&partner::watch>(failing).get(10s);
        wait_up_to(random, 1ms);
        failing.tell<&partner::fail>();
        REQUIRE(end.wait(5s));
        CHECK(to_string(end.get(0s)) == "exception: std::runtime_error: broken");
        REQUIRE(eventually(10s, [&] { return watcher.ask<&partner::downs>().get(10s).size() == 1; }));
        CHECK(to_string(watcher.ask<&partner::downs>().get(10s)[0]) ==
              "exception: std::runtime_error: broken");
      }
    });
  });
}

TEST_CASE("an actor that fails right after it has made a link ends the other") {
  repeat(20, [](random_source&) {
    in_both_places([](troupe::runtime& rt, troupe::placement place) {
      const auto a = rt.spawn<partner>();
      const auto b = rt.spawn<partner>({.place = place});
      auto end = b.when_down();
      a.tell<&partner::join_fate>(b);
      a.tell<&partner::fail>();
      REQUIRE(end.wait(5s));
      CHECK(to_string(end.get(0s)) == "exception: std::runtime_error: broken");
    });
  });
}

TEST_CASE("the normal end of one of two linked actors does not end the other") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto a = rt.spawn<partner>();
    const auto b = rt.spawn<partner>({.place = place});
    a.ask<&partner::join_fate>(b).get(10s);
    a.ask<&partner::watch>(b).get(10s);
    b.tell<&partner::finish>();
    CHECK(eventually(10s, [&] { return a.ask<&partner::downs>().get(10s).size() == 1; })); // so is the link
    CHECK(a.ask<&partner::pid>().get(10s) == ::getpid());
  });
}

TEST_CASE("a link to an actor that had ended normally ends nobody") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto a = rt.spawn<partner>();
    const auto b = rt.spawn<partner>({.place = place});
    b.ask<&partner::finish>().get(10s);
    b.when_down().get(10s);
    CHECK(eventually(10s, [&] { return rt.active_children().empty(); }));
    a.ask<&partner::join_fate>(b).get(10s);
    a.ask<&partner::watch>(b).get(10s); // told after the link is
    CHECK(eventually(10s, [&] { return a.ask<&partner::downs>().get(10s).size() == 1; }));
    CHECK(a.ask<&partner::pid>().get(10s) == ::getpid());
  });
}

TEST_CASE("a killed process ends those who are linked to its actors") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto a = rt.spawn<partner>();
    const auto b = rt.spawn<partner>({.place = troupe::own_process});
    a.ask<&partner::join_fate>(b).get(10s);
    auto end = a.when_down();
    b.tell<&partner::die>();
    CHECK(end.get(10s).signal == SIGKILL);
  });
}

TEST_CASE("the abnormal end of one ends a whole chain of linked actors") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    std::vector<partner::ref> chain;
    std::vector<troupe::reply<troupe::exit_reason>> ends;
    for (int i = 0; i < 6; ++i) {
      chain.push_back(rt.spawn<partner>({.place = i % 3 == 0 ? place : troupe::this_process}));
      ends.push_back(chain.back().when_down());
      if (i > 0)
        chain.back().ask<&partner::join_fate>(chain[chain.size() - 2]).get(10s);
    }
    chain[2].tell<&partner::fail>();
    for (auto& e : ends)
      CHECK(to_string(e.get(10s)) == "exception: std::runtime_error: broken");
  });
}

TEST_CASE("a link to nobody is an error of whoever makes it") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto a = rt.spawn<partner>();
    CHECK_THROWS_AS(a.ask<&partner::join_fate>(partner::ref{}).get(10s), troupe::usage_error);
    CHECK_THROWS_AS(a.ask<&partner::watch>(partner::ref{}).get(10s), troupe::usage_error);
    CHECK(a.ask<&partner::pid>().get(10s) == ::getpid());
  });
}
