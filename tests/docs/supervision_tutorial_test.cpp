// SPDX-License-Identifier: BSD-3-Clause
// The code of docs/tutorial.md from "Supervision" on; as tutorial_test.cpp.
#include "support/in_runtime.hpp"

#include <troupe/troupe.hpp>

#include <catch2/catch.hpp>

#include <unistd.h>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace test_support;

namespace {

/// As in the first part.
class counter : public troupe::actor {
 public:
  explicit counter(int start) : n_{start} {}

  void add(int k) { n_ += k; }
  int total() const { return n_; }
  void take(int k) {
    if (k > n_)
      throw std::out_of_range("only " + std::to_string(n_) + " left");
    n_ -= k;
  }
  void crash() { std::raise(SIGKILL); }

 private:
  int n_;
};

// [archive]
class archive : public troupe::actor {
 public:
  void on_start() override { ::pause(); } // its disk does not answer
};
// [/archive]

class events {
 public:
  void note(std::string line) {
    std::lock_guard lock{mutex_};
    lines_.push_back(std::move(line));
  }
  std::vector<std::string> lines() const {
    std::lock_guard lock{mutex_};
    return lines_;
  }

 private:
  mutable std::mutex mutex_; // guards lines_
  std::vector<std::string> lines_;
};

} // namespace

TEST_CASE("tutorial: supervision") {
  in_runtime(20s, [](troupe::runtime& rt) {
    // [supervised]
    troupe::supervisor shop{rt, {.intensity = 3, .period = 5s, .name = "shop"}};
    const auto stock = shop.add<counter>({.id = "stock", .place = troupe::own_process}, 5);
    stock.tell<&counter::add>(3);
    CHECK(stock.ask<&counter::total>().get(5s) == 8);

    CHECK_THROWS_AS(stock.ask<&counter::crash>().get(5s), troupe::actor_down);
    CHECK(stock.ask<&counter::total>().get(5s) == 5); // of another counter, in another process
    const troupe::child_info known = shop.children()[0];
    CHECK(known.restarts == 1);
    CHECK(known.last_end->signal == SIGKILL);
    // [/supervised]
    CHECK(known.ref == stock);
  });
}

TEST_CASE("tutorial: restart types") {
  in_runtime(20s, [](troupe::runtime& rt) {
    // [transient]
    troupe::supervisor shop{rt};
    const auto guest = shop.add<counter>({.id = "guest", .restart = troupe::transient}, 1);
    shop.stop("guest");
    CHECK_THROWS_AS(guest.ask<&counter::total>().get(5s), troupe::actor_down);
    shop.restart("guest");
    CHECK(guest.ask<&counter::total>().get(5s) == 1);
    // [/transient]
    auto end = guest.when_down();
    guest.stop(); // in order
    end.get(5s);
    CHECK_THROWS_AS(guest.ask<&counter::total>().get(5s), troupe::actor_down);
  });
}

TEST_CASE("tutorial: strategies") {
  in_runtime(20s, [](troupe::runtime& rt) {
    // [strategy]
    troupe::supervisor kitchen{rt, {.strategy = troupe::rest_for_one}};
    const auto fridge = kitchen.add<counter>({.id = "fridge"}, 1);
    const auto cook = kitchen.add<counter>({.id = "cook"}, 2);
    const auto waiter = kitchen.add<counter>({.id = "waiter"}, 3);
    for (const auto& each : {fridge, cook, waiter})
      each.ask<&counter::add>(10).get(5s);

    auto end = cook.when_down();
    cook.tell<&counter::take>(1000); // throws, and nobody waits for the answer
    CHECK(end.get(5s).text == "std::out_of_range: only 12 left");
    CHECK(cook.ask<&counter::total>().get(5s) == 2);    // anew
    CHECK(waiter.ask<&counter::total>().get(5s) == 3);  // anew: it was started after the cook
    CHECK(fridge.ask<&counter::total>().get(5s) == 11); // not touched
    // [/strategy]
  });
}

TEST_CASE("tutorial: too many restarts") {
  in_runtime(20s, [](troupe::runtime& rt) {
    // [intensity]
    troupe::supervisor shop{rt, {.intensity = 1, .period = 60s, .name = "shop"}};
    const auto till = shop.add<counter>({.id = "till", .place = troupe::own_process}, 5);
    for (int i = 0; i < 2; ++i)
      CHECK_THROWS_AS(till.ask<&counter::crash>().get(5s), troupe::actor_down);

    const std::optional<troupe::exit_reason> end = shop.wait(5s);
    CHECK(end->text == "shop gave up: more than 1 restart in 60 s, the last of 'till'");
    CHECK_THROWS_AS(till.ask<&counter::total>().get(5s), troupe::actor_down);
    // [/intensity]
  });
}

TEST_CASE("tutorial: messages during a restart") {
  in_runtime(20s, [](troupe::runtime& rt) {
    troupe::supervisor shop{rt};
    // [held]
    const auto till = shop.add<counter>({.id = "till",
                                         .place = troupe::own_process,
                                         .backoff = {.base = 100ms, .factor = 2, .cap = 10s, .jitter = 0.2}},
                                        5);
    CHECK_THROWS_AS(till.ask<&counter::crash>().get(5s), troupe::actor_down);
    till.tell<&counter::add>(3); // nobody is there for the next 100 ms, or so
    CHECK(till.ask<&counter::total>().get(5s) == 8);
    // [/held]
  });
}

TEST_CASE("tutorial: supervisors under supervisors") {
  in_runtime(20s, [](troupe::runtime& rt) {
    events log;
    {
      // [tree]
      troupe::supervisor shop{rt, {.name = "shop"}};
      shop.on_event([&log](const troupe::supervision_event& e) { log.note(to_string(e)); });
      const auto stock = shop.add<counter>({.id = "stock", .place = troupe::own_process}, 5);
      auto tills = shop.add_supervisor({.id = "tills"}, {.strategy = troupe::one_for_all, .intensity = 3});
      const auto till = tills.add<counter>({.id = "till"}, 0);
      auto end = till.when_down();
      till.tell<&counter::take>(1);
      // [/tree]
      end.get(5s);
      CHECK(till.ask<&counter::total>().get(5s) == 0);
      CHECK(stock.ask<&counter::total>().get(5s) == 5);
      CHECK(tills.children()[0].restarts == 1);
    }
    CHECK(
        log.lines() ==
        std::vector<std::string>{
            "supervisor shop: stock started", "supervisor shop: tills started",
            "supervisor shop/tills: till started",
            "supervisor shop/tills: till ended: exception: std::out_of_range: only 0 left; the last message was counter::take",
            "supervisor shop/tills: till is restarted at once, restart 1 of the period",
            "supervisor shop/tills: till started",
            "supervisor shop/tills: till was stopped: stopped: the supervisor was asked to stop",
            "supervisor shop: tills was stopped: stopped: the supervisor was asked to stop",
            "supervisor shop: stock was stopped: stopped: the supervisor was asked to stop"});
  });
}

TEST_CASE("tutorial: time limits") {
  in_runtime(20s, [](troupe::runtime& rt) {
    // [limits]
    const troupe::spawn_options apart{.place = troupe::own_process, .start_timeout = 100ms};
    CHECK_THROWS_AS(rt.spawn<archive>(apart), troupe::timeout_error); // its process is gone

    troupe::supervisor shop{rt, {.name = "shop"}};
    const auto till = shop.within(2s).add<counter>({.id = "till"}, 5);
    till.within(10ms).tell<&counter::add>(3);
    CHECK(till.ask<&counter::total>().get(5s) == 8);
    // [/limits]
  });
}

TEST_CASE("tutorial: a stage") {
  // [stage]
  troupe::test::stage s;
  troupe::supervisor shop{s, {.intensity = 3, .period = 5s}};
  const auto till =
      shop.add<counter>({.id = "till", .place = troupe::own_process, .backoff = {.base = 1h, .cap = 1h}}, 5);
  s.kill(till); // the process, as by kill -9
  s.run_until_idle();
  CHECK(shop.children()[0].state == troupe::child_state::restarting);
  s.advance(1h); // costs nothing
  CHECK(till.ask<&counter::total>().get() == 5);
  CHECK(s.now() == 1h);
  // [/stage]
}

TEST_CASE("tutorial: who is there") {
  in_runtime(20s, [](troupe::runtime& rt) {
    // [watch]
    const auto till = rt.spawn<counter>({.name = "till", .place = troupe::own_process}, 5);
    till.tell<&counter::add>(3);
    CHECK(till.ask<&counter::total>().get(5s) == 8);
    std::uint64_t handled = 0;
    for (const troupe::actor_info& actor : rt.actors())
      if (actor.name == "till")
        handled = actor.messages_handled;
    CHECK(handled == 2);
    rt.dump_actors(std::cerr);
    // [/watch]
  });
}

TEST_CASE("tutorial: a trace") {
  const auto file =
      std::filesystem::temp_directory_path() / ("troupe-tutorial." + std::to_string(::getpid()));
  in_runtime(20s, [&](troupe::runtime& rt) {
    const auto till = rt.spawn<counter>({.name = "till", .place = troupe::own_process}, 5);
    // [trace]
    rt.start_trace(file);
    till.ask<&counter::total>().get(5s);
    rt.stop_trace();
    // [/trace]
  });
  std::ifstream in{file};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  CHECK(text.find("counter::total") != std::string::npos);
  std::filesystem::remove(file);
}

TEST_CASE("tutorial: a cut link") {
  // [cut]
  troupe::test::stage s;
  const auto till = s.spawn<counter>({.place = troupe::own_process}, 5);
  s.cut(till, troupe::test::test_process);
  auto total = till.ask<&counter::total>();
  CHECK_THROWS_AS(total.get(10min), troupe::timeout_error);
  s.heal(till, troupe::test::test_process);
  CHECK(total.get() == 5);
  // [/cut]
}

TEST_CASE("tutorial: many seeds") {
  // [seeds]
  troupe::test::each_seed(1000, [](troupe::test::stage& s) {
    const auto till = s.spawn<counter>({.place = troupe::own_process}, 5);
    till.tell<&counter::add>(3);
    auto total = till.ask<&counter::total>();
    for (auto steps = s.random(5); steps > 0; --steps)
      s.run_one();
    s.kill(till);
    int sum = 8;
    try {
      sum = total.get();
    } catch (const troupe::actor_down&) { // no answer is right as well
    }
    REQUIRE(sum == 8);  // and 5 never is
    s.run_until_idle(); // until all know of the end
    REQUIRE(s.leftovers().empty());
  });
  // [/seeds]
}
