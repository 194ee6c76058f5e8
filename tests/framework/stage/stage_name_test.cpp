// SPDX-License-Identifier: BSD-3-Clause
// Whoever was told that an actor has ended can have its name, in any interleaving.
#include "framework/stage/cast.hpp"

#include <troupe/exceptions.hpp>
#include <troupe/supervisor.hpp>

using namespace cast;
using troupe::supervisor;

namespace {

/// Takes over the name of another when that has ended.
class standby final : public troupe::actor {
 public:
  void stand_by_for(const actor_ref<counter>& other) {
    monitor(other, [this](const troupe::down&) {
      try {
        spawn<counter>({.name = "primary"}, 2);
        outcome_ = "took over";
      } catch (const troupe::usage_error& e) {
        outcome_ = e.what();
      }
    });
  }
  std::string outcome() const { return outcome_; }

 private:
  std::string outcome_ = "was not told";
};

/// Ends before it has begun.
class brief final : public troupe::actor {
 private:
  void on_start() override { stop(); }
};

/// Tries, when it ends, to have another of its name started.
class reluctant final : public troupe::actor {
 public:
  explicit reluctant(actor_ref<recorder> to) : to_{std::move(to)} {}
  void leave() { stop(); }

 private:
  void on_stop(const troupe::exit_reason&) override {
    try {
      spawn<counter>({.name = "primary"}, 2);
      to_.tell<&recorder::note>("free");
    } catch (const troupe::usage_error&) {
      to_.tell<&recorder::note>("taken");
    }
  }

  actor_ref<recorder> to_;
};

troupe::placement either_place(stage& s) { return s.random(2) == 0 ? own_process : troupe::this_process; }

const troupe::supervisor_options quiet{.log = false};
const troupe::supervisor_options patient{.intensity = 100, .log = false};

} // namespace

TEST_CASE("a standby in a third process takes over the name of an actor that ends") {
  each_seed(seeds(200), [](stage& s) {
    const auto primary = s.spawn<counter>({.name = "primary", .place = own_process}, 1);
    const auto other = s.spawn<standby>({.place = own_process});
    other.ask<&standby::stand_by_for>(primary).get();
    if (s.random(2) == 0)
      s.kill(primary);
    else
      primary.tell<&counter::leave>();
    s.run_until_idle();
    REQUIRE(other.ask<&standby::outcome>().get() == "took over");
  });
}

TEST_CASE("a standby takes over from one that shared its process with others") {
  each_seed(seeds(200), [](stage& s) {
    const auto resident = s.spawn<counter>({.place = own_process}, 0);
    const auto primary = s.spawn<counter>({.name = "primary", .place = beside(resident)}, 1);
    const auto other = s.spawn<standby>({.place = own_process});
    other.ask<&standby::stand_by_for>(primary).get();
    primary.tell<&counter::leave>();
    s.run_until_idle();
    REQUIRE(other.ask<&standby::outcome>().get() == "took over");
  });
}

TEST_CASE("the name of an actor whose process was killed can be given at once") {
  each_seed(seeds(50), [](stage& s) {
    const auto first = s.spawn<counter>({.name = "primary", .place = own_process}, 1);
    s.kill(first);
    const auto second = s.spawn<counter>({.name = "primary"}, 2);
    REQUIRE(s.find<counter>("primary") == second);
  });
}

TEST_CASE("a name is refused while its actor lives, wherever that is") {
  each_seed(seeds(20), [](stage& s) {
    const auto first = s.spawn<counter>({.name = "primary", .place = own_process}, 1);
    REQUIRE_THROWS_AS(s.spawn<counter>({.name = "primary"}, 2), troupe::usage_error);
    REQUIRE_THROWS_AS(s.spawn<counter>({.name = "primary", .place = own_process}, 2), troupe::usage_error);
    REQUIRE(s.find<counter>("primary") == first);
  });
}

TEST_CASE("a name is refused after a while when its actor is in a process that does not answer") {
  each_seed(seeds(20), [](stage& s) {
    const auto first = s.spawn<counter>({.name = "primary", .place = own_process}, 1);
    s.freeze(first);
    REQUIRE_THROWS_AS(s.spawn<counter>({.name = "primary"}, 2), troupe::usage_error);
    REQUIRE(s.now() < 10s);
    s.thaw(first);
    REQUIRE(first.ask<&counter::total>().get() == 1);
    s.kill(first);
    s.run_until_idle();
    REQUIRE(s.leftovers() == lines{});
  });
}

TEST_CASE("a standby takes over from a temporary child, wherever that is") {
  each_seed(seeds(200), [](stage& s) {
    supervisor sup{s, quiet};
    const auto place = either_place(s);
    const auto primary = sup.add<counter>(
        {.id = "primary", .restart = troupe::temporary, .place = place, .name = "primary"}, 1);
    const auto other = s.spawn<standby>({.place = either_place(s)});
    other.ask<&standby::stand_by_for>(primary).get();
    primary.tell<&counter::leave>();
    s.run_until_idle();
    REQUIRE(other.ask<&standby::outcome>().get() == "took over");
  });
}

TEST_CASE("a standby takes over from a child of a supervisor that ends") {
  each_seed(seeds(200), [](stage& s) {
    supervisor sup{s, {.intensity = 0, .log = false}};
    auto below = sup.add_supervisor({.id = "below"}, quiet);
    const bool nested = s.random(2) == 0;
    const auto place = either_place(s);
    const auto primary =
        (nested ? below : sup).add<counter>({.id = "primary", .place = place, .name = "primary"}, 1);
    const auto fragile = sup.add<counter>({.id = "fragile"}, 1);
    const auto other = s.spawn<standby>({.place = own_process});
    other.ask<&standby::stand_by_for>(primary).get();
    fragile.tell<&counter::crash>();
    s.run_until_idle();
    REQUIRE(other.ask<&standby::outcome>().get() == "took over");
  });
}

TEST_CASE("whoever was told that a child has ended can start it again") {
  each_seed(seeds(200), [](stage& s) {
    supervisor sup{s, quiet};
    const auto place = either_place(s);
    const auto child = sup.add<counter>({.id = "child", .restart = troupe::transient, .place = place}, 1);
    child.tell<&counter::leave>();
    auto refused = child.ask<&counter::total>();
    REQUIRE_THROWS_AS(refused.get(), troupe::actor_down);
    sup.restart("child");
    REQUIRE(child.ask<&counter::total>().get() == 1);
  });
}

TEST_CASE("whoever was told that a child has ended can start it again, even one that leaves at once") {
  each_seed(seeds(200), [](stage& s) {
    supervisor sup{s, quiet};
    const auto place = either_place(s);
    const auto child = sup.add<brief>({.id = "child", .restart = troupe::transient, .place = place});
    for (auto left = s.random(4); left != 0 && s.run_one(); --left) {
    }
    child.when_down().get();
    REQUIRE_NOTHROW(sup.restart("child"));
  });
}

TEST_CASE("a name is taken until the last word of its actor") {
  for (const auto type : {troupe::permanent, troupe::temporary})
    each_seed(seeds(50), [type](stage& s) {
      supervisor sup{s, quiet};
      const auto heard = s.spawn<recorder>();
      const auto place = either_place(s);
      const auto child =
          sup.add<reluctant>({.id = "child", .restart = type, .place = place, .name = "primary"}, heard);
      child.tell<&reluctant::leave>();
      s.run_until_idle();
      sup.stop();
      s.run_until_idle();
      const auto noted = heard.ask<&recorder::noted>().get();
      REQUIRE(noted == lines(type == troupe::permanent ? 2 : 1, "taken"));
      REQUIRE_NOTHROW(s.spawn<counter>({.name = "primary"}, 2));
    });
}

TEST_CASE("a temporary child keeps its name when the supervisor above it is started again") {
  each_seed(seeds(100), [](stage& s) {
    supervisor sup{s, patient};
    auto below = sup.add_supervisor({.id = "below"}, {.intensity = 0, .log = false});
    const auto place = either_place(s);
    const auto child = below.add<counter>(
        {.id = "child", .restart = troupe::temporary, .place = place, .name = "primary"}, 1);
    const auto fragile = below.add<counter>({.id = "fragile"}, 1);
    fragile.tell<&counter::crash>();
    s.run_until_idle();
    REQUIRE(s.find<counter>("primary") == child);
    REQUIRE(child.ask<&counter::total>().get() == 1);
    child.tell<&counter::leave>();
    s.run_until_idle();
    REQUIRE_NOTHROW(s.spawn<counter>({.name = "primary"}, 2));
  });
}

TEST_CASE("a name is not lost with an actor that died while it was to get it") {
  each_seed(seeds(200), [](stage& s) {
    const auto primary = s.spawn<counter>({.name = "primary", .place = own_process}, 1);
    const auto other = s.spawn<standby>({.place = own_process});
    const auto ended = s.spawn<counter>({.place = own_process}, 1);
    other.ask<&standby::stand_by_for>(ended).get();
    s.kill(ended);
    for (auto left = s.random(12); left != 0 && s.run_one(); --left) {
    }
    s.kill(other);
    for (auto left = s.random(4); left != 0 && s.run_one(); --left) {
    }
    s.kill(primary);
    s.run_until_idle();
    REQUIRE_NOTHROW(s.spawn<counter>({.name = "primary"}, 2));
  });
}

TEST_CASE("a child of a supervisor that gave up is not started again") {
  each_seed(seeds(50), [](stage& s) {
    supervisor sup{s, {.intensity = 0, .log = false}};
    const auto child = sup.add<counter>({.id = "child", .place = own_process}, 1);
    child.tell<&counter::crash>();
    auto refused = child.ask<&counter::total>();
    REQUIRE_THROWS_AS(refused.get(), troupe::actor_down);
    REQUIRE_THROWS_AS(sup.restart("child"), troupe::actor_down);
  });
}

TEST_CASE("a listener that asks for a restart in the middle of one makes no child twice") {
  each_seed(seeds(100), [](stage& s) {
    auto options = patient;
    options.strategy = troupe::one_for_all;
    supervisor sup{s, options};
    const auto one = sup.add<counter>({.id = "one"}, 1);
    const auto two = sup.add<counter>({.id = "two"}, 2);
    sup.on_event([&](const troupe::supervision_event& e) {
      if (e.what == troupe::supervision_event::kind::child_ended)
        sup.restart(e.child == "one" ? "two" : "one");
    });
    one.tell<&counter::crash>();
    two.tell<&counter::crash>();
    s.run_until_idle();
    REQUIRE(one.ask<&counter::total>().get() == 1);
    REQUIRE(two.ask<&counter::total>().get() == 2);
    REQUIRE(s.internals()->actors().size() == 3); // the supervisor is one
  });
}
