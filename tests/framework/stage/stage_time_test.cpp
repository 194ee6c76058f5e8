// SPDX-License-Identifier: BSD-3-Clause
// Virtual time.
#include "framework/stage/cast.hpp"

using namespace cast;

namespace {

class clockwork final : public troupe::actor {
 public:
  void ring_in(int ms, std::string what) {
    after(std::chrono::milliseconds{ms}, [this, what] { rung_.push_back(what); });
  }
  void tick(int ms) {
    beat_ = every(std::chrono::milliseconds{ms}, [this] { rung_.push_back("tick"); });
  }
  void silence() { beat_.cancel(); }
  void tick_three_times() {
    beat_ = every(1s, [this, n = 0]() mutable {
      rung_.push_back(std::to_string(++n));
      if (n == 3)
        beat_.cancel();
    });
  }
  troupe::task<std::string> sleep_for_an_hour() {
    co_await after(1h);
    co_return "woken";
  }
  lines rung() const { return rung_; }

 private:
  lines rung_;
  troupe::timer beat_;
};

} // namespace

TEST_CASE("an hour costs nothing, and nothing of it goes by unasked") {
  stage s{1};
  for (const auto place : {troupe::this_process, own_process}) {
    const auto c = s.spawn<clockwork>({.place = place});
    const auto start = s.now();
    c.tell<&clockwork::ring_in>(3'600'000, "hour");
    s.run_until_idle();
    CHECK(s.now() == start);
    s.advance(1h - 1ns);
    CHECK(c.ask<&clockwork::rung>().get() == lines{});
    s.advance(1ns);
    CHECK(c.ask<&clockwork::rung>().get() == lines{"hour"});
    CHECK(s.now() == start + 1h);
  }
}

TEST_CASE("timers ring in the order of their times, those of one moment as they were set") {
  stage s{1};
  const auto c = s.spawn<clockwork>();
  c.tell<&clockwork::ring_in>(30, "c");
  c.tell<&clockwork::ring_in>(10, "a1");
  c.tell<&clockwork::ring_in>(20, "b");
  c.tell<&clockwork::ring_in>(10, "a2");
  c.tell<&clockwork::ring_in>(0, "now");
  s.advance(1s);
  CHECK(c.ask<&clockwork::rung>().get() == lines{"now", "a1", "a2", "b", "c"});
}

TEST_CASE("a beat goes on until it is cancelled, and is left over until then") {
  stage s{1};
  const auto c = s.spawn<clockwork>();
  c.tell<&clockwork::tick>(100);
  s.advance(1s);
  CHECK(c.ask<&clockwork::rung>().get().size() == 10);
  CHECK(any_mentions(s.leftovers(), "1 timer not yet due"));
  c.tell<&clockwork::silence>();
  s.advance(1s);
  CHECK(c.ask<&clockwork::rung>().get().size() == 10);
  CHECK_FALSE(any_mentions(s.leftovers(), "timer"));
}

TEST_CASE("whoever waits lets the time go by to what comes next") {
  stage s{1};
  const auto c = s.spawn<clockwork>({.place = own_process});
  CHECK(c.ask<&clockwork::sleep_for_an_hour>().get() == "woken");
  CHECK(s.now() == 1h);
}

TEST_CASE("a wait with a limit ends at that moment, and leaves the rest for later") {
  stage s{1};
  const auto c = s.spawn<clockwork>();
  auto woken = c.ask<&clockwork::sleep_for_an_hour>();
  CHECK_THROWS_AS(woken.get(10min), troupe::timeout_error);
  CHECK(s.now() == 10min);
  CHECK_FALSE(woken.wait(50min)); // the deadline comes first
  CHECK(woken.wait(0s) == false);
  s.run_until_idle();
  CHECK(woken.ready());
}

TEST_CASE("an actor that ends leaves no timer, nor a coroutine that waits for one") {
  stage s{1};
  const auto c = s.spawn<clockwork>();
  c.tell<&clockwork::tick>(100);
  auto woken = c.ask<&clockwork::sleep_for_an_hour>();
  s.run_until_idle();
  CHECK(any_mentions(s.leftovers(), "2 timers"));
  c.stop();
  CHECK_THROWS_AS(woken.get(), troupe::actor_down);
  CHECK(s.leftovers() == lines{});
}

TEST_CASE("messages that take their time are due at a time") {
  stage s{1};
  const auto c = s.spawn<counter>({.place = own_process}, 1);
  s.delay({c, troupe::test::test_process}, 3ms);
  auto total = c.ask<&counter::total>();
  s.run_until_idle();
  CHECK(any_mentions(s.leftovers(), "1 message not delivered"));
  CHECK(total.get() == 1);
  CHECK(s.now() == 6ms); // there and back
}

TEST_CASE("a test can have something done while it waits") {
  stage s{1};
  const auto c = s.spawn<counter>({.place = own_process}, 1);
  s.after(5s, [&] { s.kill(c); });
  CHECK(any_mentions(s.leftovers(), "1 call by `after` not yet due"));
  CHECK_THROWS_AS(c.ask<&counter::never>().get(), troupe::actor_down);
  CHECK(s.now() == 5s);
  CHECK_FALSE(s.run_until([] { return false; }, 10s));
  CHECK(s.now() == 15s);
}

namespace {

/// Answers late, or never.
class sluggard final : public troupe::actor {
 public:
  troupe::task<int> answer_in(std::chrono::milliseconds time) {
    co_await after(time);
    co_return 7;
  }
};

class impatient final : public troupe::actor {
 public:
  /// What came in time; -1: nothing.
  troupe::task<int> try_it(troupe::actor_ref<sluggard> whom, std::chrono::milliseconds takes,
                           std::chrono::milliseconds longest) {
    auto answer = whom.ask<&sluggard::answer_in>(takes);
    auto in_time = std::move(answer).within(longest);
    try {
      co_return co_await std::move(in_time);
    } catch (const troupe::timeout_error&) {
      ++late_;
    }
    co_return -1;
  }
  int late() const { return late_; }

 private:
  int late_ = 0;
};

} // namespace

TEST_CASE("a coroutine that awaits an answer within a time goes on with the answer or without it") {
  for (const auto place : {troupe::this_process, troupe::own_process}) {
    troupe::test::each_seed(seeds(50), [&](troupe::test::stage& s) {
      const auto slow = s.spawn<sluggard>({.place = place});
      const auto hasty = s.spawn<impatient>();
      auto quick = hasty.ask<&impatient::try_it>(slow, 10ms, 1s);
      auto late = hasty.ask<&impatient::try_it>(slow, 1h, 1s);
      s.advance(999ms);
      REQUIRE(quick.get(0s) == 7);
      REQUIRE_FALSE(late.ready());
      s.advance(1ms);
      REQUIRE(late.get(0s) == -1);
      s.advance(2h); // the answer comes all the same, and is dropped
      REQUIRE(hasty.ask<&impatient::late>().get() == 1);
      slow.stop();
      hasty.stop();
      s.run_until_idle();
      REQUIRE(s.leftovers().empty());
    });
  }
}

TEST_CASE("a time limit that was not needed leaves no timer") {
  troupe::test::stage s{1};
  const auto slow = s.spawn<sluggard>();
  const auto hasty = s.spawn<impatient>();
  auto quick = hasty.ask<&impatient::try_it>(slow, 0ms, 24h);
  REQUIRE(quick.get(1s) == 7);
  for (const auto& line : s.leftovers())
    CHECK_THAT(line, !Catch::Contains("timer"));
}

TEST_CASE("what a beat's function changes in itself is there at the next beat") {
  stage s{1};
  const auto c = s.spawn<clockwork>();
  c.tell<&clockwork::tick_three_times>();
  s.advance(10s);
  CHECK(c.ask<&clockwork::rung>().get() == lines{"1", "2", "3"});
}
