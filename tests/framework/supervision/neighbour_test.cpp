// SPDX-License-Identifier: BSD-3-Clause
// Supervised actors that share a process of their own.
#include "framework/supervision/patients.hpp"

#include "support/repeat.hpp"

#include <troupe/supervisor.hpp>
#include <troupe/test.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>
#include <vector>

using namespace test_support;
using namespace std::chrono_literals;
using troupe::own_process;
using troupe::supervisor;
using troupe::test::stage;

namespace {

class tenant : public troupe::actor {
 public:
  int answer() const { return 42; }
  void leave() { stop(); }
  void crash() { throw std::runtime_error{"ill"}; }
};

class silent final : public troupe::actor {
 public:
  troupe::promise<int> never() { return kept_.emplace_back(); }

 private:
  std::vector<troupe::promise<int>> kept_;
};

/// Takes the whole of `start` to start.
class late final : public troupe::actor {
 public:
  late(troupe::actor_ref<silent> other, std::chrono::milliseconds start) : other_{other}, start_{start} {}
  void on_start() override { other_.ask<&silent::never>().wait(start_); }
  int answer() const { return 42; }

 private:
  troupe::actor_ref<silent> other_;
  std::chrono::milliseconds start_;
};

const troupe::supervisor_options generous{.intensity = 100, .period = 1s, .log = false};

} // namespace

TEST_CASE("a child beside another is there again soon after their process was killed") {
  for (const auto pause : {0ms, 100ms})
    for (const auto strategy : {troupe::one_for_one, troupe::one_for_all, troupe::rest_for_one}) {
      CAPTURE(pause.count(), strategy);
      troupe::test::each_seed(seeds(20), [&](stage& s) {
        auto options = generous;
        options.strategy = strategy;
        supervisor sup{s, options};
        const auto first = sup.add<tenant>({.id = "first", .place = own_process, .backoff = {.base = pause}});
        const auto second = sup.add<tenant>({.id = "second", .place = beside(first)});
        const auto third = sup.add<tenant>({.id = "third", .place = beside(second)});
        for (int round = 1; round <= 4; ++round) {
          const auto before = s.now();
          s.kill(first);
          s.advance(2s);
          REQUIRE(s.now() - before < 3s);
          for (const auto& child : {first, second, third})
            REQUIRE(child.ask<&tenant::answer>().get() == 42);
          REQUIRE(s.processes().size() == 2); // the test's and theirs
        }
      });
    }
}

TEST_CASE("a child beside one of another supervisor is there again soon after their process was killed") {
  for (const auto strategy : {troupe::one_for_one, troupe::one_for_all, troupe::rest_for_one}) {
    CAPTURE(strategy);
    troupe::test::each_seed(seeds(100), [&](stage& s) {
      auto options = generous;
      options.strategy = strategy;
      supervisor top{s, options};
      const auto first = top.add<tenant>({.id = "first", .place = own_process, .backoff = {.base = 100ms}});
      auto below = top.add_supervisor({.id = "below"}, generous);
      const auto second = below.add<tenant>({.id = "second", .place = beside(first)});
      const auto third = top.add<tenant>({.id = "third", .place = beside(second)});
      for (int round = 1; round <= 4; ++round) {
        s.kill(first);
        s.advance(2s);
        for (const auto& child : {first, second, third})
          REQUIRE(child.ask<&tenant::answer>().get(1s) == 42);
        REQUIRE(s.processes().size() == 2); // the test's and theirs
      }
    });
  }
}

TEST_CASE("a child beside one that is gone for good fails to start, at once") {
  troupe::test::each_seed(seeds(20), [](stage& s) {
    supervisor sup{s, {.intensity = 3, .period = 10s, .log = false}};
    const auto first = sup.add<tenant>({.id = "first", .restart = troupe::transient, .place = own_process});
    const auto second = sup.add<tenant>({.id = "second", .place = beside(first)});
    first.tell<&tenant::leave>();
    s.run_until_idle();
    REQUIRE(second.ask<&tenant::answer>().get() == 42); // its process lives as long as it does
    second.tell<&tenant::leave>();
    s.advance(1s);
    REQUIRE_THROWS_AS(second.ask<&tenant::answer>().get(), troupe::actor_down); // the supervisor gave up
  });
}

TEST_CASE("a supervisor that is restarted before its child's neighbour does not wait for that") {
  for (const auto strategy : {troupe::one_for_all, troupe::rest_for_one}) {
    CAPTURE(strategy);
    troupe::test::each_seed(seeds(50), [&](stage& s) {
      auto options = generous;
      options.strategy = strategy;
      supervisor top{s, options};
      const auto lead = top.add<tenant>({.id = "lead"});
      auto low = top.add_supervisor({.id = "low"}, {.intensity = 0, .log = false});
      const auto near = top.add<tenant>({.id = "near", .place = own_process, .backoff = {.base = 100ms}});
      const auto guest = low.add<tenant>({.id = "guest", .place = beside(near)});
      const auto other = low.add<tenant>({.id = "other"});
      for (const auto& first : {lead, near, lead}) {
        first.tell<&tenant::crash>();
        s.advance(2s);
        for (const auto& child : {lead, near, guest, other})
          REQUIRE(child.ask<&tenant::answer>().get(1s) == 42);
      }
    });
  }
}

TEST_CASE("a child is added, or restarted, beside one that is to be started again as soon as that is") {
  troupe::test::each_seed(seeds(50), [](stage& s) {
    supervisor sup{s, generous};
    const auto first = sup.add<tenant>({.id = "first", .place = own_process, .backoff = {.base = 500ms}});
    const auto other = sup.add<tenant>({.id = "other"});
    first.tell<&tenant::crash>();
    s.run_until_idle();
    other.tell<&tenant::crash>();
    const auto before = s.now();
    const auto second = sup.add<tenant>({.id = "second", .place = beside(first)});
    REQUIRE(s.now() - before == 500ms);
    for (const auto& child : {first, second, other})
      REQUIRE(child.ask<&tenant::answer>().get(1s) == 42);
    sup.stop("second");
    first.tell<&tenant::crash>();
    s.run_until_idle();
    sup.restart("second");
    REQUIRE(s.now() - before < 2s);
    REQUIRE(second.ask<&tenant::answer>().get(1s) == 42);
  });
}

TEST_CASE(
    "a child cannot be added beside one that is not started again soon, and its supervisor goes on meanwhile") {
  troupe::test::each_seed(seeds(20), [](stage& s) {
    supervisor sup{s, generous};
    const auto first =
        sup.add<tenant>({.id = "first", .place = own_process, .backoff = {.base = 1h, .cap = 1h}});
    const auto other = sup.add<tenant>({.id = "other"});
    first.tell<&tenant::crash>();
    s.run_until_idle();
    other.tell<&tenant::crash>();
    bool answered = false;
    s.after(1s, [&] { answered = other.ask<&tenant::answer>().get(1s) == 42; });
    REQUIRE_THROWS_WITH(sup.add<tenant>({.id = "second", .place = beside(first)}),
                        Catch::Contains("'second'") && Catch::Contains("being restarted"));
    REQUIRE(answered);
    REQUIRE(sup.children().size() == 2);
  });
}

TEST_CASE("the wait for a neighbour that is being restarted is a part of the time a start has") {
  troupe::test::each_seed(seeds(50), [](stage& s) {
    supervisor sup{s, generous};
    const auto other = s.spawn<silent>();
    const auto first = sup.add<tenant>({.id = "first", .place = own_process, .backoff = {.base = 3s}});
    const auto spawned_after = [&](std::chrono::milliseconds start) {
      first.tell<&tenant::crash>();
      s.run_until_idle();
      const auto begun = s.now();
      try {
        const auto made = s.spawn<late>({.place = beside(first), .start_timeout = 5s}, other, start);
        REQUIRE(made.ask<&late::answer>().get() == 42);
      } catch (const troupe::timeout_error&) {
        REQUIRE(s.now() - begun == 3s + start); // the only thread there is was in on_start
        return false;
      }
      REQUIRE(s.now() - begun == 3s + start);
      return true;
    };
    REQUIRE(spawned_after(1900ms));
    s.advance(1min); // a healthy while: the next pause is no longer than the first
    REQUIRE_FALSE(spawned_after(2100ms));
  });
}
