// SPDX-License-Identifier: BSD-3-Clause
// Rows 28 and 29 for actors: their processes are killed at random instants while they are asked. Every ask ends, what
// was answered was done, and a supervisor puts another in its place.
#include "framework/supervision/patients.hpp"
#include "support/repeat.hpp"

#include <atomic>
#include <csignal>
#include <thread>

using namespace test_support;
using namespace std::chrono_literals;

namespace {

/// How asks ended.
struct tally {
  int answered = 0;
  int down = 0;
};

/// Asks at least once, and until `stop`; nothing else than an answer or actor_down may come, and neither late.
tally keep_asking(const troupe::actor_ref<patient>& child, const std::atomic<bool>& stop) {
  tally t;
  do {
    auto answer = child.ask<&patient::start_value>();
    try {
      if (answer.get(20s) != 7)
        throw std::logic_error{"a wrong answer"};
      ++t.answered;
    } catch (const troupe::actor_down&) {
      ++t.down;
    }
  } while (!stop.load());
  return t;
}

void kill_at_random(const troupe::supervisor& sup, random_source& random, int times) {
  for (int i = 0; i < times; ++i) {
    wait_up_to(random, 2ms);
    for (const auto& child : sup.children())
      if (child.pid > 0 && random_below(random, 2) == 0)
        ::kill(child.pid, SIGKILL);
  }
}

} // namespace

TEST_CASE("every ask ends while the processes of supervised actors are killed at random instants") {
  repeat(15, [](random_source& random) {
    in_runtime(60s, [&](troupe::runtime& rt) {
      troupe::supervisor sup{rt, {.intensity = 1000, .period = 1min}};
      std::atomic<bool> stop{false};
      std::vector<troupe::actor_ref<patient>> children;
      for (const auto* id : {"a", "b"})
        children.push_back(sup.add<patient>({.id = id, .place = troupe::own_process}, 7));
      // Several threads meet at the way to a process that ends.
      std::vector<tally> tallies(3 * children.size());
      std::vector<std::thread> askers;
      for (std::size_t i = 0; i < tallies.size(); ++i)
        askers.emplace_back([&, i] { tallies[i] = keep_asking(children[i % children.size()], stop); });
      kill_at_random(sup, random, 10);
      stop.store(true);
      for (auto& a : askers)
        a.join();
      for (const auto& child : children)
        CHECK(eventually(10s, [&] {
          try {
            return child.ask<&patient::start_value>().get(10s) == 7;
          } catch (const troupe::actor_down&) {
            return false; // killed last of all: its end was not known yet
          }
        }));
      for (const auto& t : tallies)
        CHECK(t.answered + t.down > 0);
    });
  });
}

TEST_CASE("whoever monitors an actor whose process is killed learns of it once, with the signal") {
  repeat(50, [](random_source& random) {
    in_runtime(30s, [&](troupe::runtime& rt) {
      const auto child = rt.spawn<patient>({.place = troupe::own_process}, 7);
      const auto pid = child.ask<&patient::pid>().get(10s);
      auto first = child.when_down();
      auto asked = child.ask<&patient::never>();
      wait_up_to(random, 500us);
      ::kill(pid, SIGKILL);
      auto late = child.when_down();
      CHECK(first.get(10s).signal == SIGKILL);
      CHECK(late.get(10s).signal == SIGKILL);
      CHECK_THROWS_AS(asked.get(10s), troupe::actor_down);
      CHECK_THROWS_AS(child.ask<&patient::value>().get(10s), troupe::actor_down);
    });
  });
}

TEST_CASE("a reference that outlives its runtime is refused, also under the next one") {
  repeat(20, [](random_source&) {
    troupe::actor_ref<patient> here;
    troupe::actor_ref<patient> apart;
    in_runtime(30s, [&](troupe::runtime& rt) {
      here = rt.spawn<patient>(7);
      apart = rt.spawn<patient>({.place = troupe::own_process}, 7);
    });
    CHECK_THROWS_AS(here.ask<&patient::value>().get(10s), troupe::error);
    CHECK_THROWS_AS(apart.ask<&patient::value>().get(10s), troupe::error);
    in_runtime(30s, [&](troupe::runtime& rt) {
      const auto other = rt.spawn<patient>(8); // perhaps under the same number
      CHECK_THROWS_AS(here.ask<&patient::value>().get(10s), troupe::error);
      CHECK(other.ask<&patient::value>().get(10s) == 8);
    });
    here = {};
    apart = {};
  });
}
