// SPDX-License-Identifier: BSD-3-Clause
// How actors start and stop.
#include "framework/actor/places.hpp"

#include "support/repeat.hpp"

#include <stdexcept>

using namespace test_support;
using troupe::exit_kind;

namespace {

/// Throws where it is told to.
class stillborn final : public troupe::actor {
 public:
  explicit stillborn(std::string where) : where_{std::move(where)} {
    if (where_ == "constructor")
      throw std::invalid_argument("in the constructor");
  }
  int alive() const { return 1; }

 protected:
  void on_start() override {
    if (where_ == "on_start")
      throw std::length_error("in on_start");
    if (where_ == "nowhere, but stops")
      stop();
  }

 private:
  std::string where_;
};

/// Writes its end into a notebook.
class mortal final : public troupe::actor {
 public:
  explicit mortal(troupe::actor_ref<notebook> book) : book_{std::move(book)} {}

  void note(std::string line) { book_.tell<&notebook::note>(std::move(line)); }
  int answer() const { return 42; }
  void finish() { stop(); }
  void finish_because(troupe::exit_reason reason) { stop(std::move(reason)); }
  int finish_and_answer() {
    stop();
    return 7;
  }
  void fail() const { throw std::logic_error("broken"); }

 protected:
  void on_stop(const troupe::exit_reason& reason) override { note("end: " + to_string(reason)); }

 private:
  troupe::actor_ref<notebook> book_;
};

using lines = std::vector<std::string>;

struct life {
  life(troupe::runtime& rt, troupe::placement place)
      : book{rt.spawn<notebook>()}, ref{rt.spawn<mortal>({.place = place}, book)} {}
  troupe::exit_reason end() const { return ref.when_down().get(10s); }
  lines written() const {
    // What the end of a worker said may be on its way still.
    eventually(10s, [&] { return !book.ask<&notebook::lines>().get(10s).empty(); });
    return book.ask<&notebook::lines>().get(10s);
  }

  troupe::actor_ref<notebook> book;
  troupe::actor_ref<mortal> ref;
};

} // namespace

TEST_CASE("what the constructor of an actor throws is thrown by spawn, and nothing is left of it") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto make = [&] { rt.spawn<stillborn>({.name = "child", .place = place}, "constructor"); };
    CHECK_THROWS_AS(make(), std::invalid_argument);
    CHECK_THROWS_WITH(make(), Catch::Contains("in the constructor")); // the name is free again
    CHECK(eventually(10s, [&] { return rt.active_children().empty(); }));
    CHECK_FALSE(rt.find<stillborn>("child"));
  });
}

TEST_CASE("what on_start throws is thrown by spawn, and nothing is left of the actor") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto make = [&] { rt.spawn<stillborn>({.name = "child", .place = place}, "on_start"); };
    CHECK_THROWS_AS(make(), std::length_error);
    CHECK_THROWS_WITH(make(), Catch::Contains("in on_start"));
    CHECK(eventually(10s, [&] { return rt.active_children().empty(); }));
    CHECK_FALSE(rt.find<stillborn>("child"));
  });
}

TEST_CASE("an actor that stops in on_start was started, and has ended") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<stillborn>({.place = place}, "nowhere, but stops");
    const auto reason = ref.when_down().get(10s);
    CAPTURE(to_string(reason));
    CHECK((reason.kind == exit_kind::normal ||
           reason.kind == exit_kind::gone)); // whoever asks late may not learn more
    CHECK_THROWS_AS(ref.ask<&stillborn::alive>().get(10s), troupe::actor_down);
    CHECK(eventually(10s, [&] { return rt.active_children().empty(); }));
  });
}

TEST_CASE("an actor that stops itself ends normally after the message, which is still answered") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const life l{rt, place};
    auto end = l.ref.when_down();
    CHECK(l.ref.ask<&mortal::finish_and_answer>().get(10s) == 7);
    CHECK(end.get(10s).kind == exit_kind::normal);
    CHECK(l.written() == lines{"end: normal"});
  });
}

TEST_CASE("an actor says why it stops") {
  repeat(10, [](random_source&) {
    in_both_places([](troupe::runtime& rt, troupe::placement place) {
      const life l{rt, place};
      auto end = l.ref.when_down();
      l.ref.tell<&mortal::finish_because>(troupe::exit_reason{.kind = exit_kind::normal, .text = "all done"});
      CHECK(end.get(10s) == troupe::exit_reason{.kind = exit_kind::normal, .text = "all done"});
      CHECK(l.written() == lines{"end: normal: all done"});
    });
  });
}

TEST_CASE("an actor that is asked to stop handles first what was sent before") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const life l{rt, place};
    auto end = l.ref.when_down();
    lines expected;
    for (int i = 0; i < 1000; ++i) {
      expected.push_back(std::to_string(i));
      l.ref.tell<&mortal::note>(expected.back());
    }
    l.ref.stop();
    l.ref.tell<&mortal::note>("too late");
    expected.push_back("end: stopped");
    CHECK(end.get(10s).kind == exit_kind::stopped);
    CHECK(eventually(10s, [&] { return l.written().size() >= expected.size(); }));
    CHECK(l.written() == expected);
  });
}

TEST_CASE("on_stop is called once, with the reason, when a handler has thrown") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const life l{rt, place};
    auto end = l.ref.when_down();
    l.ref.tell<&mortal::fail>();
    l.ref.stop();
    CHECK(end.get(10s).kind == exit_kind::exception);
    CHECK(eventually(10s, [&] { return rt.active_children().empty(); }));
    CHECK(l.written() == lines{"end: exception: std::logic_error: broken"});
  });
}

TEST_CASE("asks to an actor that has ended fail at once") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const life l{rt, place};
    l.ref.stop();
    l.end();
    auto answer = l.ref.ask<&mortal::answer>();
    CHECK(answer.wait(5s)); // no timeout of the framework's is that short
    CHECK_THROWS_AS(answer.get(0s), troupe::actor_down);
    CHECK_NOTHROW(l.ref.tell<&mortal::note>("to nobody"));
    CHECK_NOTHROW(l.ref.stop());
  });
}

TEST_CASE("asks that wait in the mailbox of an actor that ends fail") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const life l{rt, place};
    std::vector<troupe::reply<int>> replies;
    l.ref.tell<&mortal::finish>();
    for (int i = 0; i < 100; ++i)
      replies.push_back(l.ref.ask<&mortal::answer>());
    for (auto& r : replies)
      CHECK_THROWS_AS(r.get(10s), troupe::actor_down);
  });
}
