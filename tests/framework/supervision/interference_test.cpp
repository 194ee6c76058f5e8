// SPDX-License-Identifier: BSD-3-Clause
// What users and listeners ask of a supervisor while it is healing its children.
#include "support/repeat.hpp"

#include <troupe/exceptions.hpp>
#include <troupe/supervisor.hpp>
#include <troupe/test.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>
#include <utility>

using namespace test_support;
using namespace std::chrono_literals;
using troupe::own_process;
using troupe::supervisor;
using troupe::test::each_seed;
using troupe::test::stage;
using kind = troupe::supervision_event::kind;

namespace {

class guest final : public troupe::actor {
 public:
  int answer() const { return 42; }
  void crash() { throw std::runtime_error{"crashed"}; }
};

/// Cannot be started while `fails`.
class unlucky final : public troupe::actor {
 public:
  unlucky() {
    if (fails)
      throw std::runtime_error{"not now"};
  }
  int answer() const { return 42; }
  void crash() { throw std::runtime_error{"crashed"}; }

  static inline bool fails = false;
};

troupe::child_state state_of(const supervisor& sup, const std::string& id) {
  for (const auto& c : sup.children())
    if (c.id == id)
      return c.state;
  throw std::out_of_range{id};
}

const troupe::supervisor_options generous{.intensity = 100, .period = 1s, .log = false};

} // namespace

TEST_CASE("stopping one that waits for the restart of another starts nobody early") {
  for (const auto strategy : {troupe::rest_for_one, troupe::one_for_all})
    each_seed(seeds(20), [strategy](stage& s) {
      auto options = generous;
      options.strategy = strategy;
      supervisor sup{s, options};
      const auto a = sup.add<guest>({.id = "a", .backoff = {.base = 10s, .cap = 10s, .jitter = 0}});
      sup.add<guest>({.id = "b"});
      const auto c = sup.add<guest>({.id = "c"});
      a.tell<&guest::crash>();
      s.run_until_idle();
      sup.stop("b");
      s.advance(9s);
      REQUIRE(state_of(sup, "a") == troupe::child_state::restarting);
      REQUIRE(state_of(sup, "c") == troupe::child_state::restarting);
      s.advance(2s);
      REQUIRE(a.ask<&guest::answer>().get() == 42);
      REQUIRE(c.ask<&guest::answer>().get() == 42);
      REQUIRE(state_of(sup, "b") == troupe::child_state::ended);
    });
}

TEST_CASE("stopping the one whose restart the others wait for starts them") {
  each_seed(seeds(20), [](stage& s) {
    auto options = generous;
    options.strategy = troupe::one_for_all;
    supervisor sup{s, options};
    const auto a = sup.add<guest>({.id = "a", .backoff = {.base = 10s, .cap = 10s, .jitter = 0}});
    const auto b = sup.add<guest>({.id = "b"});
    a.tell<&guest::crash>();
    s.run_until_idle();
    sup.stop("a");
    s.run_until_idle();
    REQUIRE(b.ask<&guest::answer>().get() == 42);
    REQUIRE(state_of(sup, "a") == troupe::child_state::ended);
  });
}

TEST_CASE("a child that is to be stopped at once, and shares its process with others, is asked to end") {
  each_seed(seeds(20), [](stage& s) {
    const auto resident = s.spawn<guest>({.place = own_process});
    supervisor sup{s, generous};
    const auto child = sup.add<guest>({.id = "child", .place = beside(resident), .shutdown = 0s});
    const auto before = s.now();
    sup.stop("child");
    REQUIRE(s.now() - before < 1s);
    s.run_until_idle();
    REQUIRE(resident.ask<&guest::answer>().get() == 42);
    sup.restart("child");
    REQUIRE(child.ask<&guest::answer>().get() == 42);
  });
}

TEST_CASE("a listener can stop a child whose end, restart or start it is told of") {
  for (const auto when : {kind::child_ended, kind::child_restarting, kind::child_started})
    for (const bool removes : {false, true})
      each_seed(seeds(20), [&](stage& s) {
        supervisor sup{s, generous};
        const auto child = sup.add<guest>({.id = "child"});
        sup.on_event([&](const troupe::supervision_event& e) {
          if (e.what != when)
            return;
          sup.stop("child");
          if (removes)
            sup.remove("child");
        });
        child.tell<&guest::crash>();
        s.run_until_idle();
        REQUIRE_THROWS_AS(child.ask<&guest::answer>().get(), troupe::actor_down);
        REQUIRE(sup.children().size() == (removes ? 0 : 1));
        REQUIRE(s.internals()->actors().size() == 1); // the supervisor
      });
}

TEST_CASE("a listener adds no child to a supervisor that ends") {
  each_seed(seeds(20), [&](stage& s) {
    std::size_t refused = 0;
    {
      supervisor sup{s, generous};
      for (const auto* id : {"a", "b", "c"})
        sup.add<guest>({.id = id});
      sup.on_event([&](const troupe::supervision_event& e) {
        if (e.what != kind::child_stopped)
          return;
        try {
          sup.add<guest>({.id = "late " + e.child});
        } catch (const troupe::actor_down&) {
          ++refused;
        }
        if (e.child == "c")
          sup.remove("c");
      });
      sup.stop();
    }
    REQUIRE(refused == 3);
    REQUIRE(s.internals()->actors().empty());
  });
}

TEST_CASE("a listener that stops one child in the middle of a restart of all keeps no other from it") {
  for (const auto when : {kind::child_stopped, kind::start_failed})
    for (const bool removes : {false, true})
      each_seed(seeds(20), [&](stage& s) {
        auto options = generous;
        options.strategy = troupe::one_for_all;
        supervisor sup{s, options};
        const auto a = sup.add<unlucky>({.id = "a"});
        const auto b = sup.add<guest>({.id = "b"});
        const auto c = sup.add<guest>({.id = "c"});
        unlucky::fails = when == kind::start_failed;
        bool acted = false;
        sup.on_event([&](const troupe::supervision_event& e) {
          if (e.what != when || std::exchange(acted, true))
            return;
          sup.stop("a");
          if (removes)
            sup.remove("a");
        });
        a.tell<&unlucky::crash>();
        s.run_until_idle();
        unlucky::fails = false;
        REQUIRE(acted);
        REQUIRE(b.ask<&guest::answer>().get() == 42);
        REQUIRE(c.ask<&guest::answer>().get() == 42);
        REQUIRE_THROWS_AS(a.ask<&unlucky::answer>().get(), troupe::actor_down);
        REQUIRE(s.internals()->actors().size() == 3); // the supervisor is one
      });
}

TEST_CASE("waiting for a supervisor of a stage takes virtual time") {
  stage s{1};
  const supervisor sup{s, generous};
  const auto before = s.now();
  REQUIRE_FALSE(sup.wait(3s));
  REQUIRE(s.now() - before == 3s);
}
