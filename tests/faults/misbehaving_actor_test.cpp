// SPDX-License-Identifier: BSD-3-Clause
// Row 29: a handler throws, blocks for ever, floods a mailbox.
#include "framework/supervision/patients.hpp"
#include "support/repeat.hpp"

#include <chrono>
#include <csignal>

using namespace test_support;
using namespace std::chrono_literals;

namespace {

/// Takes its time, with little room for what waits.
class slow final : public troupe::actor {
 public:
  void work() { std::this_thread::sleep_for(1ms); } // sleep: the time its work takes
  int done() const { return 1; }
};

constexpr troupe::supervisor_options generous{.intensity = 1000, .period = std::chrono::seconds{60}};

} // namespace

TEST_CASE("an actor whose handlers throw again and again is restarted each time, and others go on") {
  repeat(10, [](random_source&) {
    in_both_places([](troupe::runtime& rt, troupe::placement place) {
      troupe::supervisor sup{rt, generous};
      const auto ill = sup.add<patient>({.id = "ill", .place = place}, 1);
      const auto well = sup.add<patient>({.id = "well", .place = place}, 2);
      well.ask<&patient::set>(3).get(10s);
      for (int i = 0; i < 5; ++i) {
        auto waiting = ill.ask<&patient::never>();
        ill.tell<&patient::fail>();
        CHECK_THROWS_AS(waiting.get(10s), troupe::actor_down);
        CHECK(ill.ask<&patient::value>().get(10s) == 1);
      }
      CHECK(well.ask<&patient::value>().get(10s) == 3);
    });
  });
}

TEST_CASE(
    "who asks an actor that blocks for ever is free at the deadline, and it is killed when it has to go") {
  repeat(10, [](random_source&) {
    in_runtime(30s, [](troupe::runtime& rt) {
      troupe::supervisor sup{rt};
      const auto stuck = sup.add<patient>({.id = "p", .place = troupe::own_process, .shutdown = 50ms}, 7);
      const auto pid = stuck.ask<&patient::pid>().get(10s);
      stuck.tell<&patient::block>();
      CHECK_THROWS_AS(stuck.ask<&patient::value>().get(20ms), troupe::timeout_error);
      auto waiting = stuck.ask<&patient::value>();
      sup.stop("p");
      CHECK_THROWS_AS(waiting.get(10s), troupe::actor_down);
      CHECK(eventually(10s, [&] { return is_gone(pid); }));
    });
  });
}

TEST_CASE("the bound of a flooded mailbox holds, and a request to stop passes") {
  for (const auto overflow : {troupe::overflow_policy::reject, troupe::overflow_policy::drop_newest,
                              troupe::overflow_policy::drop_oldest}) {
    CAPTURE(static_cast<int>(overflow));
    in_both_places([&](troupe::runtime& rt, troupe::placement place) {
      const auto flooded = rt.spawn<slow>({.place = place, .mailbox = {.capacity = 5, .overflow = overflow}});
      auto end = flooded.when_down();
      for (int i = 0; i < 10'000; ++i) {
        try {
          flooded.tell<&slow::work>();
        } catch (const troupe::queue_full&) {
          continue;
        }
      }
      for (const auto& a : rt.actors())
        CHECK(a.mailbox_length <= 5 + 1); // and the news of an end, say
      flooded.stop();
      CHECK(end.get(10s).kind == troupe::exit_kind::stopped);
    });
  }
}
