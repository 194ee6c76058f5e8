// SPDX-License-Identifier: BSD-3-Clause
// What the interface allows and few would try: most of it did not compile once.
#include "framework/actor/places.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

using namespace test_support;

namespace {

class parent;

class child final : public troupe::actor {
 public:
  explicit child(troupe::actor_ref<parent> p) : parent_{std::move(p)} {}
  void work() const;

 private:
  troupe::actor_ref<parent> parent_;
};

class parent final : public troupe::actor {
 public:
  troupe::promise<void> have_two_reports() {
    spawn<child>(self()).tell<&child::work>();
    spawn<child>({.place = troupe::own_process}, self()).tell<&child::work>();
    return both_;
  }
  void report() {
    if (++reports_ == 2)
      both_.set();
  }
  int reports() const { return reports_; }
  bool is_itself(const troupe::actor_ref<parent>& other) const { return self() == other && other == self(); }
  troupe::task<int> reports_asked_for() const { co_return co_await self().ask<&parent::reports>(); }
  troupe::actor_ref<parent> me() const { return self(); }

 private:
  int reports_ = 0;
  troupe::promise<void> both_;
};

void child::work() const { parent_.tell<&parent::report>(); }

struct point {
  int x = 0;
  int y = 0;
};

class calculator final : public troupe::actor {
 public:
  int same(int x) const { return x; }
  int value(const std::shared_ptr<int>& x) const { return *x; }
  int value_if(const std::optional<std::unique_ptr<int>>& x) const { return x ? **x : 0; }

  troupe::task<int> sum(troupe::actor_ref<calculator> other) {
    auto a = other.ask<&calculator::same>(1); // both are on their way
    auto b = other.ask<&calculator::same>(2);
    auto c = other.ask<&calculator::same>(4).within(10s);
    auto d = later(8);
    const int first = co_await a + co_await b;
    const int second = co_await c;
    co_return first + second + co_await d;
  }
  troupe::task<bool> twice(troupe::actor_ref<calculator> other) {
    auto a = other.ask<&calculator::same>(1);
    co_await a;
    try {
      co_await a;
    } catch (const troupe::usage_error&) {
      co_return true;
    }
    co_return false;
  }
  troupe::task<point> braces() { co_return {1, 2}; }
  troupe::promise<int> promised() {
    const troupe::promise<int> answer;
    after(1ms, [answer] { answer.set(7); });
    return answer;
  }
  troupe::promise<int> by_timer() {
    const troupe::promise<int> answer;
    after(1ms, [this, answer, kept = std::vector<int>(100, 3)]() -> troupe::task<void> {
      co_await after(1ms);
      answer.set(kept.at(99) + co_await later(0));
    });
    return answer;
  }
  troupe::promise<int> by_move_only_function() {
    const troupe::promise<int> answer;
    after(1ms, [answer, kept = std::make_unique<int>(5)] { answer.set(*kept); });
    return answer;
  }
  troupe::promise<std::string> by_monitor(troupe::actor_ref<troupe::actor> other) {
    const troupe::promise<std::string> answer;
    monitor(other, [this, answer](const troupe::down& d) -> troupe::task<void> {
      co_await after(1ms); // d is still there afterwards
      answer.set(to_string(d.reason));
    });
    other.stop();
    return answer;
  }

 private:
  troupe::task<int> later(int x) {
    co_await after(1ms);
    co_return x;
  }
};

class recorder final : public troupe::actor {
 public:
  recorder(std::vector<int>& log, std::atomic<int>& count) : log_{log}, count_{count} {}
  int note(int x) {
    log_.push_back(x);
    return ++count_;
  }

 private:
  std::vector<int>& log_;
  std::atomic<int>& count_;
};

class plain final : public troupe::actor {};

} // namespace

TEST_CASE("an actor passes itself on, to children in any process") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<parent>({.place = place});
    ref.ask<&parent::have_two_reports>().get(10s);
    CHECK(ref.ask<&parent::is_itself>(ref).get(10s));
    CHECK_FALSE(ref.ask<&parent::is_itself>(rt.spawn<parent>()).get(10s));
    CHECK(ref.ask<&parent::reports_asked_for>().get(10s) == 2);
  });
}

TEST_CASE("a reference of an earlier runtime is that of nobody in the next") {
  within(20s, [] {
    std::vector<troupe::actor_ref<troupe::actor>> old;
    for (int i = 0; i < 3; ++i) {
      troupe::runtime rt{0, nullptr};
      const troupe::actor_ref<troupe::actor> here = rt.spawn<plain>();
      const troupe::actor_ref<troupe::actor> there = rt.spawn<plain>({.place = troupe::own_process});
      for (const auto& ref : old) {
        CHECK(ref != here);
        CHECK(ref != there);
      }
      old.push_back(here);
      old.push_back(there);
    }
  });
}

TEST_CASE("references have an order") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto a = rt.spawn<parent>({.place = place});
    const auto b = rt.spawn<parent>({.place = place});
    const std::set<troupe::actor_ref<parent>> both{a, b, a, a.ask<&parent::me>().get(10s)};
    CHECK(both.size() == 2);
    CHECK(both.contains(b));
  });
}

TEST_CASE("answers and tasks that have a name are awaited like others, once") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto other = rt.spawn<calculator>({.place = place});
    const auto ref = rt.spawn<calculator>();
    CHECK(ref.ask<&calculator::sum>(other).get(10s) == 15);
    CHECK(ref.ask<&calculator::twice>(other).get(10s));
    const auto p = ref.ask<&calculator::braces>().get(10s);
    CHECK((p.x == 1 && p.y == 2));
  });
}

TEST_CASE("what timers and monitors call may be a coroutine, or can be moved only") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<calculator>({.place = place});
    CHECK(ref.ask<&calculator::promised>().get(10s) == 7);
    CHECK(ref.ask<&calculator::by_timer>().get(10s) == 3);
    CHECK(ref.ask<&calculator::by_move_only_function>().get(10s) == 5);
    CHECK(ref.ask<&calculator::by_monitor>(rt.spawn<calculator>({.place = place})).get(10s) == "stopped");
  });
}

TEST_CASE("what can only be moved is converted to the type of the parameter") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<calculator>({.place = place});
    CHECK(ref.ask<&calculator::value>(std::make_unique<int>(5)).get(10s) == 5);
    CHECK(ref.ask<&calculator::value_if>(std::make_unique<int>(6)).get(10s) == 6);
    auto answer = ref.ask<&calculator::same>(1);
    answer.wait();
    CHECK(answer.ready());
    CHECK(answer.get() == 1);
  });
}

TEST_CASE("an actor of this process may refer to what the program has, whatever its options") {
  in_runtime(20s, [](troupe::runtime& rt) {
    std::vector<int> log;
    std::atomic<int> count{0};
    CHECK(rt.spawn<recorder>(log, count).ask<&recorder::note>(1).get(10s) == 1);
    const troupe::spawn_options bounded{.name = "recorder",
                                        .mailbox = {.capacity = 10, .overflow = troupe::reject}};
    CHECK(rt.spawn<recorder>(bounded, log, count).ask<&recorder::note>(2).get(10s) == 2);
    CHECK(log == std::vector<int>{1, 2});
    CHECK_THROWS_AS(rt.spawn<recorder>({.place = troupe::own_process}, log, count), troupe::usage_error);
  });
}

TEST_CASE("a process is known to host the actors that have names") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto ann = rt.spawn<calculator>({.name = "ann", .place = troupe::own_process});
    rt.spawn<calculator>({.name = "bob", .place = troupe::beside(ann)});
    rt.spawn<calculator>({.name = "here"});
    REQUIRE(rt.active_children().size() == 1);
    CHECK(rt.active_children()[0].hosts == std::vector<std::string>{"ann", "bob"});
  });
}
