// SPDX-License-Identifier: BSD-3-Clause
// Processes that die and links that break.
#include "framework/stage/cast.hpp"

#include <troupe/exceptions.hpp>

#include <csignal>
#include <memory>
#include <set>

using namespace cast;
using troupe::test::test_process;

namespace {

/// Has something to say when it is destroyed.
class last_words final : public troupe::actor {
 public:
  explicit last_words(actor_ref<recorder> to) : to_{std::move(to)} {}
  ~last_words() override { to_.tell<&recorder::note>("destroyed"); }
  void on_stop(const troupe::exit_reason&) override { to_.tell<&recorder::note>("stopped"); }
  void nothing() {}

 private:
  actor_ref<recorder> to_;
};

bool is_first_part_of(const numbers& part, const numbers& all) {
  return part.size() <= all.size() && std::equal(part.begin(), part.end(), all.begin());
}

} // namespace

TEST_CASE("whatever a process was asked when it is killed is answered by its end") {
  each_seed(seeds(100), [](stage& s) {
    const auto c = s.spawn<counter>({.place = own_process}, 1);
    auto kept = c.ask<&counter::never>();
    for (auto left = s.random(4); left != 0 && s.run_one(); --left) {
    }
    s.kill(c);
    auto late = c.ask<&counter::total>();
    REQUIRE(mentions(text_of<troupe::actor_down>([&] { kept.get(); }), "killed by SIGKILL"));
    REQUIRE_THROWS_AS(late.get(), troupe::actor_down);
    REQUIRE_THROWS_AS(c.ask<&counter::total>().get(), troupe::actor_down);
    REQUIRE_FALSE(s.is_alive(c));
    REQUIRE(s.leftovers() == lines{});
  });
}

TEST_CASE("monitors are told how a process was lost, wherever they are") {
  each_seed(seeds(50), [](stage& s) {
    const auto c = s.spawn<counter>({.place = own_process}, 1);
    const auto here = s.spawn<recorder>();
    const auto there = s.spawn<recorder>({.place = own_process});
    for (const auto& watcher : {here, there})
      watcher.tell<&recorder::watch>(c);
    s.run_until_idle();
    s.kill(c, SIGSEGV);
    s.run_until_idle();
    for (const auto& watcher : {here, there})
      REQUIRE(watcher.ask<&recorder::noted>().get() == lines{"down: process 10001 killed by SIGSEGV"});
    auto reason = c.when_down().get();
    REQUIRE(reason.kind == troupe::exit_kind::process_lost);
    REQUIRE(reason.signal == SIGSEGV);
  });
}

TEST_CASE("a process may also hang, or exit") {
  stage s{1};
  const auto hung = s.spawn<counter>({.place = own_process}, 1);
  const auto gone = s.spawn<counter>({.place = own_process}, 1);
  auto end_of_hung = hung.when_down();
  auto end_of_gone = gone.when_down();
  s.hang(hung);
  s.exit(gone, 3);
  CHECK(end_of_hung.get().kind == troupe::exit_kind::hung);
  CHECK(end_of_gone.get().exit_code == 3);
}

TEST_CASE("links cross processes: who is tied to a process that is lost ends with it, and so on") {
  each_seed(seeds(50), [](stage& s) {
    const auto c = s.spawn<counter>({.place = own_process}, 1);
    const auto one = s.spawn<recorder>({.place = own_process});
    const auto two = s.spawn<recorder>();
    one.ask<&recorder::tie>(c).get();
    two.ask<&recorder::tie_to_recorder>(one).get();
    s.run_until_idle(); // a link is there when both ends know of it
    auto end_of_one = one.when_down();
    auto end_of_two = two.when_down();
    s.run_until_idle(); // afterwards nobody could tell why one ended, for its process ends with it
    s.kill(c);
    REQUIRE(end_of_one.get().signal == SIGKILL);
    REQUIRE(end_of_two.get().signal == SIGKILL);
    s.run_until_idle();
    REQUIRE(s.leftovers() == lines{});
  });
}

TEST_CASE("links cross processes the other way, too, when an actor crashes") {
  stage s{1};
  const auto c = s.spawn<counter>({.place = own_process}, 1);
  const auto tied = s.spawn<recorder>();
  tied.ask<&recorder::tie>(c).get();
  c.tell<&counter::crash>();
  CHECK(tied.when_down().get().text == "std::runtime_error: crashed");
}

TEST_CASE("a killed process leaves no words: no on_stop, and nothing of its destructors") {
  stage s{1};
  const auto listener = s.spawn<recorder>();
  const auto killed = s.spawn<last_words>({.place = own_process}, listener);
  s.kill(killed);
  s.run_until_idle();
  CHECK(listener.ask<&recorder::noted>().get() == lines{});
  const auto stopped = s.spawn<last_words>({.place = own_process}, listener);
  stopped.stop();
  s.run_until_idle();
  CHECK(listener.ask<&recorder::noted>().get() == lines{"stopped", "destroyed"});
}

TEST_CASE("of what a killed process had sent all arrives, or some of the last does not") {
  std::set<std::size_t> arrived;
  each_seed(seeds(200), [&](stage& s) {
    const auto listener = s.spawn<recorder>();
    const auto t = s.spawn<talker>({.place = own_process}, 1, listener);
    s.delay({t, test_process}, 1s);
    t.tell<&talker::say>(0, 5);
    s.advance(1s);
    s.kill(t);
    s.advance(1s);
    const auto heard = listener.ask<&recorder::heard_from>(1).get();
    REQUIRE(is_first_part_of(heard, up_to(5)));
    arrived.insert(heard.size());
  });
  if (!std::getenv("TROUPE_SEED"))
    CHECK(arrived == std::set<std::size_t>{0, 1, 2, 3, 4, 5});
}

TEST_CASE("the end of a process gets known after the last message that it had sent") {
  each_seed(seeds(200), [](stage& s) {
    const auto listener = s.spawn<recorder>();
    const auto c = s.spawn<counter>({.place = own_process}, 1);
    const auto t = s.spawn<talker>({.place = troupe::beside(c)}, 1, listener);
    listener.ask<&recorder::watch>(c).get();
    s.run_until_idle();
    t.tell<&talker::say>(0, 5);
    s.run_until([&] { return s.random(10) == 0; });
    s.kill(c);
    s.run_until([&] { return !listener.ask<&recorder::noted>().get().empty(); });
    const auto heard = listener.ask<&recorder::heard_from>(1).get().size();
    s.run_until_idle();
    REQUIRE(listener.ask<&recorder::heard_from>(1).get().size() == heard);
    REQUIRE(listener.ask<&recorder::noted>().get().size() == 1);
  });
}

TEST_CASE("a cut link holds what is sent until it is healed") {
  each_seed(seeds(50), [](stage& s) {
    const auto c = s.spawn<counter>({.place = own_process}, 1);
    s.cut({c, test_process});
    c.tell<&counter::add>(1);
    auto total = c.ask<&counter::total>();
    REQUIRE_THROWS_AS(total.get(1h), troupe::timeout_error);
    REQUIRE(any_mentions(s.leftovers(), "2 messages not delivered, the link is cut"));
    s.heal(c, test_process);
    REQUIRE(total.get() == 2);
  });
}

TEST_CASE("a link that is cut in one direction lets questions through, but not their answers") {
  stage s{1};
  const auto c = s.spawn<counter>({.place = own_process}, 1);
  s.cut_one_way(s.process_of(c), test_process);
  c.tell<&counter::add>(1);
  auto total = c.ask<&counter::total>();
  CHECK_FALSE(total.wait(1s));
  CHECK(any_mentions(s.leftovers(), "link 1 -> 0: 1 message not delivered, the link is cut"));
  s.heal({c, test_process});
  CHECK(total.get() == 2);
}

TEST_CASE("the end of a process gets known behind a cut link, and what the link holds is lost") {
  each_seed(seeds(50), [](stage& s) {
    const auto listener = s.spawn<recorder>();
    const auto t = s.spawn<talker>({.place = own_process}, 1, listener);
    const bool cut_first = s.random(2) == 0;
    if (cut_first)
      s.cut(t, test_process);
    s.delay({t, test_process}, 1s);
    t.tell<&talker::say>(0, 3);
    s.advance(1s);
    auto end = t.when_down();
    s.kill(t);
    if (!cut_first)
      s.cut(t, test_process);
    REQUIRE(end.get().kind == troupe::exit_kind::process_lost);
    REQUIRE(listener.ask<&recorder::heard>().get().empty());
    listener.stop();
    s.run_until_idle();
    REQUIRE(s.leftovers() == lines{});
  });
}

TEST_CASE("a frozen process does nothing until it thaws") {
  each_seed(seeds(50), [](stage& s) {
    const auto c = s.spawn<counter>({.place = own_process}, 1);
    s.freeze(c);
    auto total = c.ask<&counter::total>();
    REQUIRE_FALSE(total.wait(1h));
    REQUIRE(any_mentions(s.leftovers(), "is alive, frozen"));
    s.thaw(c);
    REQUIRE(total.get() == 1);
  });
}

TEST_CASE("a process started after another had ended knows of that end") {
  stage s{1};
  const auto c = s.spawn<counter>({.place = own_process}, 1);
  s.kill(c);
  s.run_until_idle();
  const auto watcher = s.spawn<recorder>({.place = own_process});
  watcher.tell<&recorder::watch>(c);
  s.run_until_idle();
  CHECK(watcher.ask<&recorder::noted>().get() == lines{"down: process 10001 killed by SIGKILL"});
}
