// SPDX-License-Identifier: BSD-3-Clause
// Names, and actors that share a process.
#include "framework/actor/places.hpp"

#include "support/repeat.hpp"

#include <unistd.h>
#include <stdexcept>

using namespace test_support;

namespace {

class member : public troupe::actor {
 public:
  using ref = troupe::actor_ref<member>;

  pid_t pid() const { return ::getpid(); }
  void fail() const { throw std::runtime_error("broken"); }
  bool finds(const std::string& name) const { return static_cast<bool>(find<member>(name)); }
  ref start(const std::string& name) { return spawn<member>({.name = name}); }
  void end_by_itself() { stop(); }
};

/// An actor of that name can be made.
bool is_free(troupe::runtime& rt, const std::string& name) {
  try {
    rt.spawn<member>({.name = name});
    return true;
  } catch (const troupe::usage_error&) {
    return false;
  }
}

bool is_down(const member::ref& m) {
  try {
    m.ask<&member::pid>().get(10s);
    return false;
  } catch (const troupe::actor_down&) {
    return true;
  }
}

} // namespace

TEST_CASE("an actor is found by its name, from everywhere") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto other = rt.spawn<member>({.place = place});
    CHECK_FALSE(rt.find<member>("database"));
    CHECK_FALSE(other.ask<&member::finds>("database").get(10s));
    const auto db = rt.spawn<member>({.name = "database", .place = place});
    CHECK(rt.find<member>("database") == db);
    CHECK(rt.find<member>("database").ask<&member::finds>("database").get(10s));
    CHECK(other.ask<&member::finds>("database").get(10s));
  });
}

TEST_CASE("an actor that another started under a name is found by all") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto parent = rt.spawn<member>({.place = place});
    const auto child = parent.ask<&member::start>("child").get(10s);
    CHECK(rt.find<member>("child") == child);
    CHECK(child.ask<&member::pid>().get(10s) == parent.ask<&member::pid>().get(10s));
    CHECK_THROWS_AS(parent.ask<&member::start>("child").get(10s), troupe::usage_error);
  });
}

TEST_CASE("a name that is taken is an error, and its owner keeps it") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto first = rt.spawn<member>({.name = "database", .place = place});
    CHECK_THROWS_AS(rt.spawn<member>({.name = "database"}), troupe::usage_error);
    CHECK_THROWS_AS(rt.spawn<member>({.name = "database", .place = troupe::own_process}),
                    troupe::usage_error);
    CHECK(rt.find<member>("database") == first);
    CHECK(first.ask<&member::finds>("database").get(10s));
    const std::size_t processes = place.what() == troupe::placement::kind::own_process;
    CHECK(eventually(10s,
                     [&] { return rt.active_children().size() == processes; })); // the refused one has gone
  });
}

TEST_CASE("a name is free again when its actor is known to have ended") {
  repeat(10, [](random_source&) {
    in_both_places([](troupe::runtime& rt, troupe::placement place) {
      const auto ref = rt.spawn<member>({.name = "database", .place = place});
      ref.stop();
      ref.when_down().get(10s);
      CHECK_FALSE(rt.find<member>("database"));
      CHECK(is_free(rt, "database"));
    });
  });
}

TEST_CASE("a name is free again when the first has been told that its actor is down") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    repeat(200, [&](random_source&) {
      const auto first = rt.spawn<member>({.name = "page", .place = place});
      first.stop();
      while (!is_down(first))
        ;
      REQUIRE(is_free(rt, "page"));
      const auto again = rt.find<member>("page");
      again.stop();
      again.when_down().get(10s);
    });
  });
}

TEST_CASE("a name is free again when its actor has ended and others of its process live") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto other = rt.spawn<member>({.place = troupe::own_process});
    const auto named = rt.spawn<member>({.name = "database", .place = beside(other)});
    named.stop();
    named.when_down().get(10s);
    CHECK(eventually(2s, [&] { return !rt.find<member>("database"); }));
    CHECK(is_free(rt, "database"));
    CHECK(other.ask<&member::pid>().get(10s) != ::getpid());
  });
}

TEST_CASE("a process lives as long as one of its actors") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto first = rt.spawn<member>({.place = troupe::own_process});
    const auto second = rt.spawn<member>({.place = beside(first)});
    const auto pid = first.ask<&member::pid>().get(10s);
    CHECK(rt.active_children().size() == 1);
    first.stop();
    CHECK(first.when_down().get(10s).kind == troupe::exit_kind::stopped);
    CHECK(second.ask<&member::pid>().get(10s) == pid);
    auto end = second.when_down(); // asked before: its reason goes with the process
    second.stop();
    CHECK(end.get(10s).kind == troupe::exit_kind::stopped);
    CHECK(eventually(10s, [&] { return rt.active_children().empty(); }));
  });
}

TEST_CASE("an exception of one actor harms no other of its process") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto first = rt.spawn<member>({.place = troupe::own_process});
    const auto second = rt.spawn<member>({.place = beside(first)});
    first.tell<&member::fail>();
    CHECK(first.when_down().get(10s).kind == troupe::exit_kind::exception);
    CHECK_NOTHROW(second.ask<&member::pid>().get(10s));
  });
}

TEST_CASE("no actor can be started beside one whose process has ended") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto first = rt.spawn<member>({.place = troupe::own_process});
    first.stop();
    first.when_down().get(10s);
    REQUIRE(eventually(10s, [&] { return rt.active_children().empty(); }));
    CHECK_THROWS_AS(rt.spawn<member>({.place = beside(first)}), troupe::actor_down);
  });
}

TEST_CASE("starting an actor beside one that ends works or fails, and never hangs") {
  repeat(30, [](random_source& random) {
    in_runtime(20s, [&](troupe::runtime& rt) {
      const auto first = rt.spawn<member>({.place = troupe::own_process});
      first.stop();
      wait_up_to(random, 2ms);
      try {
        const auto second = rt.spawn<member>({.place = beside(first)});
        CHECK(second.ask<&member::pid>().get(10s) != ::getpid());
      } catch (const troupe::actor_down& e) {
        CHECK(std::string{e.what()} != "");
      }
    });
  });
}

TEST_CASE("a tell through a reference of the wrong class is dropped, and the actor lives on") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto book = rt.spawn<notebook>({.name = "book", .place = place});
    const auto mistaken = rt.find<member>("book");
    REQUIRE(mistaken == book);
    mistaken.tell<&member::end_by_itself>();
    CHECK(book.ask<&notebook::count>("x").get(10s) == 0);
  });
}
