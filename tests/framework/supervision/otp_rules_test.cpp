// SPDX-License-Identifier: BSD-3-Clause
// OTP's rules as a table: strategy × restart type × reason of the end, each with many interleavings.
#include "framework/supervision/ward.hpp"
#include "support/repeat.hpp"

#include <catch2/catch.hpp>

using namespace test_support;
using namespace std::chrono_literals;
using troupe::restart_strategy;
using troupe::restart_type;

namespace {

/// Interleavings of each row. TROUPE_REPEAT=4 tries four times as many, all different.
const auto interleavings = seeds(40);

constexpr restart_strategy strategies[] = {troupe::one_for_one, troupe::one_for_all, troupe::rest_for_one};
constexpr restart_type types[] = {troupe::permanent, troupe::transient, troupe::temporary};

/// What becomes of the child that ends: OTP, "Child specification".
struct rule {
  restart_type type;
  bool abnormal;
  bool restarted;
  bool forgotten;
};
constexpr rule rules[] = {
    {troupe::permanent, false, true, false},  {troupe::permanent, true, true, false},
    {troupe::transient, false, false, false}, {troupe::transient, true, true, false},
    {troupe::temporary, false, false, true},  {troupe::temporary, true, false, true},
};

/// Whom a restart of "b" starts anew, among "a", "b", "c": OTP, "Restart Strategy".
std::string started_anew(restart_strategy strategy) {
  switch (strategy) {
    case restart_strategy::one_for_one:
      return "b";
    case restart_strategy::one_for_all:
      return "abc";
    case restart_strategy::rest_for_one:
      return "bc";
  }
  return "";
}

const rule& rule_for(restart_type type, bool abnormal) {
  for (const auto& r : rules)
    if (r.type == type && r.abnormal == abnormal)
      return r;
  throw std::logic_error{"the table has a hole"};
}

} // namespace

TEST_CASE("who ends, how, and under which strategy decides who is started anew") {
  for (const auto strategy : strategies)
    for (const auto type : types)
      for (const auto& end : all_ends) {
        CAPTURE(static_cast<int>(strategy), static_cast<int>(type), end.name);
        const auto& expected = rule_for(type, end.abnormal);
        troupe::test::each_seed(interleavings, [&](troupe::test::stage& s) {
          ward w{s, {.strategy = strategy, .intensity = 1}};
          w.admit({.id = "a"});
          w.admit({.id = "b", .restart = type, .place = end.place});
          w.admit({.id = "c"});
          w.finish("b", end);
          const auto anew = expected.restarted ? started_anew(strategy) : std::string{};
          for (const auto* id : {"a", "b", "c"})
            REQUIRE(w.births(id) == (anew.find(id) == std::string::npos ? 1 : 2));
          REQUIRE(w.state_of("b") == (expected.restarted   ? "running"
                                      : expected.forgotten ? "forgotten"
                                                           : "ended"));
          REQUIRE(w.answers("b") == expected.restarted);
          REQUIRE(w.answers("a"));
          REQUIRE(w.answers("c"));
        });
      }
}

TEST_CASE("a temporary child that is stopped for the sake of another is not started again") {
  for (const auto strategy : strategies) {
    CAPTURE(static_cast<int>(strategy));
    troupe::test::each_seed(interleavings, [&](troupe::test::stage& s) {
      ward w{s, {.strategy = strategy, .intensity = 1}};
      w.admit({.id = "a", .restart = troupe::temporary});
      w.admit({.id = "b"});
      w.admit({.id = "c", .restart = troupe::temporary});
      w.finish("b", all_ends[2]);
      const auto affected = started_anew(strategy);
      for (const auto* id : {"a", "c"}) {
        const bool stopped = affected.find(id) != std::string::npos;
        REQUIRE(w.births(id) == 1);
        REQUIRE(w.state_of(id) == (stopped ? "forgotten" : "running"));
      }
    });
  }
}

TEST_CASE("a transient child that had ended is started again with the others") {
  troupe::test::each_seed(interleavings, [&](troupe::test::stage& s) {
    ward w{s, {.strategy = troupe::one_for_all, .intensity = 1}};
    w.admit({.id = "a", .restart = troupe::transient});
    w.admit({.id = "b"});
    w.finish("a", all_ends[0]);
    REQUIRE(w.state_of("a") == "ended");
    w.finish("b", all_ends[2]);
    REQUIRE(w.state_of("a") == "running");
    REQUIRE(w.births("a") == 2);
  });
}

TEST_CASE("others are stopped last first and started first first") {
  troupe::test::each_seed(interleavings, [&](troupe::test::stage& s) {
    ward w{s, {.strategy = troupe::one_for_all, .intensity = 1}};
    for (const auto* id : {"a", "b", "c"})
      w.admit({.id = id});
    w.forget_log();
    w.finish("b", all_ends[2]);
    REQUIRE(w.log() == "-b -c -a +a +b +c");
  });
}

TEST_CASE("as many restarts as the intensity are borne within the period, and one more is not") {
  for (const auto strategy : strategies)
    for (const int intensity : {0, 1, 2, 5}) {
      CAPTURE(static_cast<int>(strategy), intensity);
      troupe::test::each_seed(interleavings / 4, [&](troupe::test::stage& s) {
        ward w{s, {.strategy = strategy, .intensity = intensity, .period = 10s}};
        w.admit({.id = "a"});
        w.admit({.id = "b"});
        for (int i = 0; i < intensity; ++i) {
          w.finish("b", all_ends[2]);
          REQUIRE(w.state_of("b") == "running");
        }
        w.finish("b", all_ends[2]);
        const auto reason = w.supervisor().wait(0s);
        REQUIRE(reason);
        REQUIRE(reason->kind == troupe::exit_kind::stopped); // OTP: shutdown
        REQUIRE_FALSE(w.answers("a"));
        REQUIRE_FALSE(w.answers("b"));
      });
    }
}

TEST_CASE("restarts that are longer ago than the period are forgiven") {
  troupe::test::each_seed(interleavings, [&](troupe::test::stage& s) {
    ward w{s, {.intensity = 1, .period = 10s}};
    w.admit({.id = "b"});
    for (int i = 0; i < 5; ++i) {
      w.finish("b", all_ends[2]);
      REQUIRE(w.state_of("b") == "running");
      s.advance(11s);
    }
  });
}

TEST_CASE("a restart that fails counts, and is tried again until it is one too many") {
  troupe::test::each_seed(interleavings, [&](troupe::test::stage& s) {
    ward w{s, {.intensity = 3, .period = 10s}};
    w.admit({.id = "b"});
    w.let_starts_fail("b", 2);
    w.finish("b", all_ends[2]);
    REQUIRE(w.state_of("b") == "running");
    REQUIRE(w.births("b") == 4); // two of which failed
    w.let_starts_fail("b", 100);
    s.advance(11s);
    w.finish("b", all_ends[2]);
    REQUIRE(w.supervisor().wait(0s));
  });
}

TEST_CASE("the end of significant children ends the supervisor as its rule says") {
  using rule_type = troupe::auto_shutdown_rule;
  struct row {
    rule_type when;
    const char* ends; // in this order
    int ended_after;  // so many of them; 0: it goes on
  };
  for (const auto& r : {row{troupe::any_significant, "s", 1}, row{troupe::any_significant, "ps", 2},
                        row{troupe::all_significant, "st", 2}, row{troupe::all_significant, "s", 0},
                        row{troupe::all_significant, "pst", 3}, row{rule_type::any_significant, "p", 0}}) {
    CAPTURE(static_cast<int>(r.when), r.ends);
    troupe::test::each_seed(interleavings, [&](troupe::test::stage& s) {
      ward w{s, {.intensity = 10, .auto_shutdown = r.when}};
      w.admit({.id = "s", .restart = troupe::transient, .significant = true});
      w.admit({.id = "t", .restart = troupe::temporary, .significant = true});
      w.admit({.id = "p", .restart = troupe::transient});
      int ends = 0;
      for (const char* id = r.ends; *id; ++id) {
        w.finish(std::string(1, *id), all_ends[0]);
        ++ends;
        REQUIRE(w.supervisor().wait(0s).has_value() == (ends == r.ended_after));
      }
    });
  }
}

TEST_CASE("a supervisor below that gives up is restarted by the rules of the one above") {
  for (const auto type : types) {
    CAPTURE(static_cast<int>(type));
    troupe::test::each_seed(interleavings, [&](troupe::test::stage& s) {
      ward w{s, {.intensity = 1}};
      w.admit({.id = "a"});
      w.admit_below({.id = "below", .restart = type}, {.intensity = 0}, {.id = "b"});
      w.finish("b", all_ends[2]);
      const bool again = type == troupe::permanent; // it ended by shutdown, which is no abnormal end
      REQUIRE(w.answers("a"));
      REQUIRE(w.answers("b") == again);
      REQUIRE(w.births("b") == (again ? 2 : 1));
      REQUIRE(w.births("a") == 1);
    });
  }
}

TEST_CASE("escalation goes up until the top gives up, too") {
  troupe::test::each_seed(interleavings, [&](troupe::test::stage& s) {
    ward w{s, {.intensity = 1, .period = 10s}};
    w.admit({.id = "a"});
    w.admit_below({.id = "below"}, {.intensity = 0}, {.id = "b"});
    w.finish("b", all_ends[2]);
    w.finish("b", all_ends[2]);
    REQUIRE(w.supervisor().wait(0s));
    REQUIRE_FALSE(w.answers("a"));
    REQUIRE_FALSE(w.answers("b"));
  });
}

TEST_CASE("a restart waits as long as the backoff says") {
  troupe::test::each_seed(interleavings, [&](troupe::test::stage& s) {
    ward w{s, {.intensity = 100, .period = 1h}};
    w.admit({.id = "b", .backoff = {.base = 100ms, .factor = 2, .cap = 300ms, .healthy = 1min}});
    for (const auto pause : {100ms, 200ms, 300ms, 300ms}) {
      w.finish("b", all_ends[2]);
      s.advance(pause - 1ms);
      REQUIRE(w.state_of("b") == "restarting");
      s.advance(1ms);
      REQUIRE(w.state_of("b") == "running");
    }
    s.advance(1min);
    w.finish("b", all_ends[2]);
    s.advance(100ms);
    REQUIRE(w.state_of("b") == "running");
  });
}

TEST_CASE("while one waits for its restart, others can end, and all come back") {
  for (const auto strategy : strategies) {
    CAPTURE(static_cast<int>(strategy));
    troupe::test::each_seed(interleavings, [&](troupe::test::stage& s) {
      ward w{s, {.strategy = strategy, .intensity = 100}};
      for (const auto* id : {"a", "b", "c"})
        w.admit({.id = id, .place = troupe::own_process, .backoff = {.base = 100ms}});
      w.finish("c", all_ends[2]);
      s.advance(50ms);
      if (w.state_of("a") == "running")
        w.finish("a", all_ends[3]);
      s.advance(10s);
      for (const auto* id : {"a", "b", "c"}) {
        REQUIRE(w.state_of(id) == "running");
        REQUIRE(w.answers(id));
      }
    });
  }
}
