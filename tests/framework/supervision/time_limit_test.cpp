// SPDX-License-Identifier: BSD-3-Clause
// Calls on a supervisor that has no time for them: `within`.
#include "framework/actor/places.hpp"
#include "support/log_text.hpp"

#include <troupe/supervisor.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>

using namespace test_support;
using troupe::supervisor;

namespace {

std::atomic<bool> open{false};
std::atomic<bool> starting{false};

class quick final : public troupe::actor {};

class broken final : public troupe::actor {
 public:
  void on_start() override {
    starting = true;
    open.wait(false);
    throw std::runtime_error("broken");
  }
};

/// The supervisor waits for its start.
class slow final : public troupe::actor {
 public:
  void on_start() override {
    starting = true;
    open.wait(false);
  }
};

void let_in() {
  open = true;
  open.notify_all();
}

/// Adds a child that the supervisor begins to start before the call gives up: on a busy machine, not the first time.
template <class A>
void add_in_vain(const supervisor& sup, const troupe::child_spec& child) {
  open = starting = false;
  do
    CHECK_THROWS_AS(sup.within(20ms).add<A>(child), troupe::timeout_error);
  while (!eventually(1s, [] { return starting.load(); }));
}

/// The test, with a supervisor that is busy starting the child "slow" until `let_in`.
template <class Body>
void where_it_is_busy(Body body) {
  in_runtime(20s, [&](troupe::runtime& rt) {
    supervisor sup{rt, {.log = false}};
    sup.add<quick>({.id = "there"});
    add_in_vain<slow>(sup, {.id = "slow", .name = "slow one"});
    body(rt, sup);
    let_in();
  });
}

template <class Call>
std::string text_of_timeout(Call call) {
  try {
    call();
  } catch (const troupe::timeout_error& e) {
    return e.what();
  }
  return "it was done";
}

constexpr auto left = "will not do what it was asked";
constexpr auto goes_on = "is about it";

} // namespace

TEST_CASE("what a supervisor has begun when the time of a call is over it completes") {
  where_it_is_busy([](troupe::runtime& rt, const supervisor& sup) {
    CHECK(rt.find<slow>("slow one"));
    let_in();
    CHECK(eventually(10s, [&] { return sup.children().size() == 2; }));
    CHECK(sup.children().at(1).state == troupe::child_state::running);
    CHECK(sup.children().at(1).ref == rt.find<slow>("slow one"));
  });
}

TEST_CASE("what becomes of a call that nobody waits for any more is logged when it fails") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const log_text log;
    {
      supervisor sup{rt, {.name = "sup"}};
      add_in_vain<broken>(sup, {.id = "child", .name = "broken one"});
      let_in();
      CHECK(sup.children().empty());
      CHECK_FALSE(rt.find<broken>("broken one"));
    }
    CHECK_THAT(log.text(), Catch::Contains("timed out: std::runtime_error: broken"));
  });
}

TEST_CASE("what it has not begun it leaves") {
  where_it_is_busy([](troupe::runtime& rt, supervisor& sup) {
    auto hasty = sup.within(20ms);
    CHECK_THAT(text_of_timeout([&] { hasty.add<quick>({.id = "next", .name = "next one"}); }),
               Catch::Contains(left));
    CHECK_FALSE(rt.find<quick>("next one"));
    CHECK_THAT(text_of_timeout([&] { hasty.add_supervisor({.id = "below"}); }), Catch::Contains(left));
    CHECK_THAT(text_of_timeout([&] { hasty.stop("there"); }), Catch::Contains(left));
    CHECK_THAT(text_of_timeout([&] { hasty.restart("there"); }), Catch::Contains(left));
    CHECK_THAT(text_of_timeout([&] { hasty.remove("there"); }), Catch::Contains(left));
    CHECK_THAT(text_of_timeout([&] { static_cast<void>(hasty.children()); }), Catch::Contains(left));
    CHECK_THAT(text_of_timeout([&] { static_cast<void>(hasty.wait()); }), Catch::Contains("had not ended"));
    let_in();
    const auto now = sup.children();
    CHECK(now.size() == 2);
    CHECK(now.at(0).state == troupe::child_state::running);
    const auto next = sup.add<quick>({.id = "next", .name = "next one"});
    CHECK(rt.find<quick>("next one") == next);
  });
}

TEST_CASE("a supervisor that is to stop and cannot yet stops later") {
  where_it_is_busy([](troupe::runtime&, supervisor& sup) {
    CHECK_THAT(text_of_timeout([&] { sup.within(20ms).stop(); }), Catch::Contains(goes_on));
    let_in();
    CHECK(sup.wait(10s));
    CHECK_THROWS_AS(sup.within(20ms).children(), troupe::actor_down);
  });
}

TEST_CASE("a limited handle does what it is asked in time, and leaves the supervisor alone when it goes") {
  in_runtime(20s, [](troupe::runtime& rt) {
    supervisor sup{rt};
    const auto child = sup.within(10s).add<quick>({.id = "child"});
    CHECK(sup.children().size() == 1);
    auto below = sup.within(10s).add_supervisor({.id = "below"});
    below.within(10s).add<quick>({.id = "grandchild"});
    CHECK(below.within(std::chrono::hours::max()).children().size() == 1);
    sup.within(10s).stop("child");
    CHECK(child.when_down().get(10s).kind == troupe::exit_kind::stopped);
    CHECK_THROWS_AS(sup.within(10s).stop("nobody"), troupe::usage_error);
    CHECK_FALSE(sup.wait(20ms));
  });
}
