// SPDX-License-Identifier: BSD-3-Clause
// Actors on a stage: here, and in simulated processes.
#include "framework/stage/cast.hpp"

#include <troupe/exceptions.hpp>

#include <functional>
#include <thread>

using namespace cast;

TEST_CASE("an actor on a stage handles what it is told, and answers, wherever it is") {
  stage s{1};
  for (const auto place : {troupe::this_process, own_process}) {
    const auto c = s.spawn<counter>({.place = place}, 5);
    c.tell<&counter::add>(3);
    CHECK(c.ask<&counter::total>().get() == 8);
    CHECK_THROWS_AS(c.ask<&counter::fail>().get(), std::out_of_range);
  }
}

TEST_CASE("nothing happens on a stage until it is run") {
  stage s{1};
  const auto c = s.spawn<counter>(0);
  CHECK_FALSE(s.run_one());
  c.tell<&counter::add>(1);
  const auto total = c.ask<&counter::total>();
  CHECK_FALSE(total.ready());
  CHECK(s.run_one());
  CHECK_FALSE(total.ready());
  CHECK(s.run_one());
  CHECK(total.ready());
  CHECK_FALSE(s.run_one());
  CHECK(s.steps() == 2);
}

TEST_CASE("a stage runs until nothing is left to do, or until what was wanted is there") {
  stage s{1};
  const auto c = s.spawn<counter>(0);
  for (int i = 0; i < 10; ++i)
    c.tell<&counter::add>(1);
  const auto total = c.ask<&counter::total>();
  CHECK(s.run_until([&] { return s.steps() == 4; }));
  CHECK_FALSE(total.ready());
  CHECK(s.run_until_idle() == 7);
  CHECK(total.ready());
  CHECK_FALSE(s.run_until([] { return false; }));
}

TEST_CASE("an actor of its own process gets values, not references, and its process ends with it") {
  stage s{1};
  const auto c = s.spawn<counter>({.name = "far", .place = own_process}, 1);
  const auto beside = s.spawn<counter>({.place = troupe::beside(c)}, 2);
  CHECK(s.process_of(c).number() != 0);
  CHECK(s.process_of(c) == s.process_of(beside));
  CHECK(s.processes().size() == 2);
  c.stop();
  s.run_until_idle();
  CHECK(s.is_alive(c)); // for the other is still there
  beside.stop();
  s.run_until_idle();
  CHECK_FALSE(s.is_alive(c));
  CHECK(s.processes().size() == 1);
}

TEST_CASE("an actor of a stage is found by its name, from any of its processes") {
  stage s{1};
  const auto here = s.spawn<counter>({.name = "here"}, 1);
  const auto there = s.spawn<counter>({.name = "there", .place = own_process}, 2);
  CHECK(s.find<counter>("here") == here);
  CHECK(s.find<counter>("there") == there);
  CHECK_FALSE(s.find<counter>("nowhere"));
  CHECK_THROWS_AS(s.spawn<counter>({.name = "there"}, 3), troupe::usage_error);
  there.stop();
  s.run_until_idle();
  CHECK_FALSE(s.find<counter>("there"));
}

TEST_CASE("coroutines of a stage wait for actors of other processes") {
  stage s{1};
  const auto a = s.spawn<counter>({.place = own_process}, 1);
  const auto b = s.spawn<counter>({.place = own_process}, 2);
  auto sum = a.ask<&counter::sum_with>(b);
  a.tell<&counter::add>(10);
  CHECK(sum.get() == 13); // it went on meanwhile
}

TEST_CASE("what is left on a stage is listed, and nothing when nothing is") {
  stage s{1};
  CHECK(s.leftovers() == lines{});
  const auto c = s.spawn<counter>({.name = "kept", .place = own_process}, 1);
  const auto answer = c.ask<&counter::never>();
  c.tell<&counter::add>(1);
  auto left = s.leftovers();
  CHECK(any_mentions(left, "process 1 (kept) is alive"));
  CHECK(any_mentions(left, "kept is alive"));
  CHECK(any_mentions(left, "1 question to other processes without an answer"));
  CHECK(any_mentions(left, "2 messages not delivered"));
  s.run_until_idle();
  left = s.leftovers();
  CHECK(any_mentions(left, "1 question"));
  CHECK_FALSE(any_mentions(left, "not delivered"));
  c.stop();
  s.run_until_idle();
  CHECK(s.leftovers() == lines{});
}

TEST_CASE("a stage ends its actors in order, the youngest first, and references outlive it") {
  lines ends;
  struct mourned final : troupe::actor {
    mourned(lines& l, std::string n) : ends{l}, name{std::move(n)} {}
    void on_stop(const troupe::exit_reason& reason) override {
      ends.push_back(name + " " + to_string(reason));
    }
    void nothing() {}
    lines& ends;
    std::string name;
  };
  actor_ref<mourned> old;
  actor_ref<counter> far;
  {
    stage s{1};
    old = s.spawn<mourned>(ends, "old");
    s.spawn<mourned>(ends, "young");
    far = s.spawn<counter>({.place = own_process}, 1);
  }
  CHECK(ends == lines{"young stopped: the stage has ended", "old stopped: the stage has ended"});
  CHECK_THROWS_AS(old.ask<&mourned::nothing>().get(), troupe::actor_down);
  CHECK_THROWS_AS(far.ask<&counter::total>().get(), troupe::stopped);
  CHECK_NOTHROW(far.tell<&counter::add>(1));
}

TEST_CASE("a thread has one stage at a time, and no other thread may use it") {
  stage s{1};
  CHECK(mentions(text_of<troupe::usage_error>([] { stage second{2}; }), "has a stage already"));
  const auto c = s.spawn<counter>(1);
  auto total = c.ask<&counter::total>();
  std::string said;
  const std::function<void()> uses[] = {[&] { total.get(); }, [&] { s.spawn<counter>(2); },
                                        [&] { s.spawn<counter>({.place = troupe::own_process}, 3); },
                                        [&] { s.find<counter>("ann"); }};
  for (const auto& use : uses) {
    std::thread{[&] { said = text_of<troupe::usage_error>(use); }}.join();
    CHECK(mentions(said, "runs on the thread that made it"));
  }
  CHECK(total.get() == 1);
}

TEST_CASE("actors that never fall silent are stopped by a limit") {
  struct busy final : troupe::actor {
    void go_on() { self().tell<&busy::go_on>(); }
  };
  stage s{1};
  s.limit_steps(1000);
  s.spawn<busy>().tell<&busy::go_on>();
  CHECK(
      mentions(text_of<troupe::usage_error>([&] { s.run_until_idle(); }), "1000 steps, and no end in sight"));
  CHECK(mentions(text_of<troupe::usage_error>([&] { s.advance(1s); }), "seed 1"));
}

TEST_CASE("misuse of a stage is told") {
  stage s{1};
  CHECK_THROWS_AS(s.kill(troupe::test::test_process), troupe::usage_error);
  CHECK_THROWS_AS(s.kill(troupe::test::simulated_process{7}), troupe::usage_error);
  CHECK_THROWS_AS(s.cut(troupe::test::test_process, troupe::test::test_process), troupe::usage_error);
  CHECK_THROWS_AS(s.random(0), troupe::usage_error);
  const auto c = s.spawn<counter>({.place = own_process}, 1);
  CHECK_THROWS_AS(s.delay({troupe::test::test_process, c}, 2s, 1s), troupe::usage_error);
}
