// SPDX-License-Identifier: BSD-3-Clause
// What a seed decides, and what none does.
#include "framework/stage/cast.hpp"

#include <cstdlib>
#include <iostream>
#include <set>
#include <sstream>
#include <stdexcept>

using namespace cast;

namespace {

constexpr int talkers = 3;
constexpr int words = 4;

/// Three talkers in processes of their own, and who listens to them in another.
actor_ref<recorder> open_talk(stage& s) {
  const auto listener = s.spawn<recorder>({.name = "listener", .place = own_process});
  for (int who = 0; who < talkers; ++who) {
    const auto t = s.spawn<talker>({.place = own_process}, who, listener);
    t.tell<&talker::say>(0, words);
  }
  return listener;
}

lines trace_of(std::uint64_t seed) {
  lines trace;
  stage s{seed};
  s.on_step([&](const std::string& line) { trace.push_back(line); });
  const auto listener = open_talk(s);
  s.delay({listener, troupe::test::test_process}, 1ms, 9ms);
  s.kill(troupe::test::simulated_process{2});
  s.advance(1s);
  for (const auto& [who, what] : listener.ask<&recorder::heard>().get())
    trace.push_back(std::to_string(who) + std::to_string(what));
  return trace;
}

/// What goes to stderr while it lives.
class captured_stderr {
 public:
  captured_stderr() : before_{std::cerr.rdbuf(text_.rdbuf())} {}
  ~captured_stderr() { std::cerr.rdbuf(before_); }
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

/// The environment of these tests, which TROUPE_SEED may be part of.
class seed_variable {
 public:
  explicit seed_variable(const char* value) {
    if (const char* now = std::getenv("TROUPE_SEED"))
      before_ = now;
    if (value)
      ::setenv("TROUPE_SEED", value, 1);
    else
      ::unsetenv("TROUPE_SEED");
  }
  ~seed_variable() {
    if (before_)
      ::setenv("TROUPE_SEED", before_->c_str(), 1);
    else
      ::unsetenv("TROUPE_SEED");
  }

 private:
  std::optional<std::string> before_;
};

} // namespace

TEST_CASE("the same seed gives the same run, step by step") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const auto trace = trace_of(seed);
    REQUIRE(trace.size() > 20);
    REQUIRE(trace == trace_of(seed));
  }
}

TEST_CASE("a seed means the same on every machine") {
  stage s{42};
  numbers drawn;
  for (int i = 0; i < 5; ++i)
    drawn.push_back(static_cast<int>(s.random(1000)));
  CHECK(drawn == numbers{300, 359, 264, 148, 511});
}

TEST_CASE(
    "messages of one sender stay in order while three of them interleave, differently with other seeds") {
  std::set<std::vector<std::pair<int, int>>> orders;
  each_seed(seeds(1000), [&](stage& s) {
    const auto listener = open_talk(s);
    s.run_until_idle();
    for (int who = 0; who < talkers; ++who)
      REQUIRE(listener.ask<&recorder::heard_from>(who).get() == up_to(words));
    orders.insert(listener.ask<&recorder::heard>().get());
  });
  if (!std::getenv("TROUPE_SEED"))
    CHECK(orders.size() > 500);
}

TEST_CASE("no message overtakes another of its link, however long they take") {
  each_seed(seeds(200), [](stage& s) {
    const auto listener = s.spawn<recorder>({.place = own_process});
    const auto t = s.spawn<talker>({.place = own_process}, 7, listener);
    s.delay({t, listener}, 0s, 100ms);
    t.tell<&talker::say>(0, 10);
    REQUIRE(listener.ask<&recorder::heard_from>(7).get() == numbers{});
    s.advance(100ms);
    REQUIRE(listener.ask<&recorder::heard_from>(7).get() == up_to(10));
  });
}

TEST_CASE("actors of one process interleave by the seed as well") {
  std::set<std::vector<std::pair<int, int>>> orders;
  each_seed(seeds(100), [&](stage& s) {
    const auto listener = s.spawn<recorder>();
    for (int who = 0; who < talkers; ++who)
      s.spawn<talker>(who, listener).tell<&talker::say>(0, words);
    s.run_until_idle();
    orders.insert(listener.ask<&recorder::heard>().get());
  });
  if (!std::getenv("TROUPE_SEED"))
    CHECK(orders.size() > 50);
}

TEST_CASE("a failure under each_seed prints the seed, and is thrown on") {
  const seed_variable none{nullptr};
  const captured_stderr said;
  std::uint64_t tried = 0;
  const auto fails_at_3 = [&](stage& s) {
    tried = s.seed();
    if (s.seed() == 3)
      throw std::runtime_error("three");
  };
  CHECK(text_of<std::runtime_error>([&] { each_seed(10, fails_at_3); }) == "three");
  CHECK(tried == 3);
  CHECK(said.text() == "failed with seed 3; repeat with TROUPE_SEED=3\n");
}

TEST_CASE("TROUPE_SEED has each_seed try that seed only") {
  const seed_variable wanted{"1234567890123"};
  std::vector<std::uint64_t> tried;
  each_seed(10, [&](stage& s) { tried.push_back(s.seed()); });
  CHECK(tried == std::vector<std::uint64_t>{1234567890123});
  const seed_variable garbage{"12x"};
  CHECK_THROWS_AS(each_seed(10, [](stage&) {}), troupe::usage_error);
}

TEST_CASE("a stage that an exception destroys prints its seed, and no other does") {
  const captured_stderr said;
  { const stage quiet{5}; }
  CHECK(said.text().empty());
  CHECK_THROWS_AS(
      [] {
        const stage s{77};
        throw std::runtime_error("a REQUIRE, say");
      }(),
      std::runtime_error);
  CHECK(said.text() == "troupe: the stage that failed had the seed 77\n");
}

TEST_CASE("what a function told of steps throws costs no step") {
  for (int at = 0; at < 20; ++at) {
    stage s{3};
    const auto listener = open_talk(s);
    int before = at;
    s.on_step([&](const std::string&) {
      if (before-- == 0)
        throw std::runtime_error{"not now"};
    });
    CHECK_THROWS_AS(s.run_until_idle(), std::runtime_error);
    s.run_until_idle();
    CHECK(listener.ask<&recorder::heard>().get().size() == talkers * words);
  }
}
