// SPDX-License-Identifier: BSD-3-Clause
// Code that waits while the stage goes on underneath it.
#include "framework/stage/cast.hpp"

#include <troupe/exceptions.hpp>

using namespace cast;

namespace {

/// Starts others, and kills them, from inside its handlers.
class parent final : public troupe::actor {
 public:
  explicit parent(int generation) : generation_{generation} {}
  /// How many processes there are from here on.
  int grow(int generations) {
    if (generation_ == generations)
      return 1;
    const auto child = spawn<parent>({.place = own_process}, generation_ + 1);
    const auto sibling = spawn<counter>({.place = troupe::beside(child)}, 1);
    return sibling.ask<&counter::total>().get() + child.ask<&parent::grow>(generations).get();
  }
  int ask_again(const actor_ref<parent>& other, int times) {
    return times == 0 ? 0 : 1 + other.ask<&parent::ask_again>(self(), times - 1).get();
  }
  std::string dies_waiting(const actor_ref<counter>& other) {
    return text_of<troupe::stopped>([&] { other.ask<&counter::never>().get(); });
  }

 private:
  int generation_;
};

/// When one of them waits for another that waits, the later wait is on top of the earlier one on the stack.
class waiter final : public troupe::actor {
 public:
  int wait_for(const actor_ref<counter>& other) { return other.ask<&counter::total>().get(); }
  void give_up_and_tell(const actor_ref<counter>& silent, const actor_ref<recorder>& to) {
    text_of<troupe::timeout_error>([&] { silent.ask<&counter::never>().get(5s); });
    to.tell<&recorder::note>("gave up");
  }
  int wait_for_waiter(const actor_ref<waiter>& other, const actor_ref<counter>& c) {
    return other.ask<&waiter::wait_for>(c).get();
  }
};

} // namespace

TEST_CASE("handlers that wait do so on the stage, across processes") {
  each_seed(seeds(100), [](stage& s) {
    const auto far = s.spawn<counter>({.place = own_process}, 20);
    for (const auto place : {troupe::this_process, own_process}) {
      const auto c = s.spawn<counter>({.place = place}, 1);
      REQUIRE(c.ask<&counter::total_of>(far).get() == 21);
    }
  });
}

TEST_CASE("handlers start actors in processes of their own, which do the same") {
  each_seed(seeds(50), [](stage& s) {
    const auto first = s.spawn<parent>(0);
    REQUIRE(first.ask<&parent::grow>(5).get() == 6);
    REQUIRE(s.processes().size() == 6);
  });
}

TEST_CASE("an actor in the middle of a handler gets no other message until that is over") {
  each_seed(seeds(100), [](stage& s) {
    const auto slow = s.spawn<counter>({.place = own_process}, 1);
    s.delay({slow, troupe::test::test_process}, 1s);
    const auto c = s.spawn<counter>(0);
    auto sum = c.ask<&counter::total_of>(slow);
    c.tell<&counter::add>(100);
    REQUIRE(sum.get() == 1);
    REQUIRE(c.ask<&counter::total>().get() == 100);
  });
}

TEST_CASE("a wait for an answer that nobody can give is an error that says what is left") {
  stage s{8};
  const auto c = s.spawn<counter>({.name = "silent", .place = own_process}, 1);
  auto answer = c.ask<&counter::never>();
  const auto text = text_of<troupe::usage_error>([&] { answer.get(); });
  CHECK(mentions(text, "stage (seed 8): this wait can never end"));
  CHECK(mentions(text, "keeps a promise"));
  CHECK(mentions(text, "process 1 (silent): silent is alive"));
  CHECK_FALSE(answer.wait(1h)); // with a limit it ends by itself
}

TEST_CASE("actors that wait for each other are told, instead of waiting for ever") {
  stage s{1};
  const auto a = s.spawn<parent>(0);
  const auto b = s.spawn<parent>({.place = own_process}, 0);
  CHECK(a.ask<&parent::ask_again>(b, 1).get() == 1);
  const auto text = text_of<troupe::usage_error>([&] { a.ask<&parent::ask_again>(b, 2).get(); });
  CHECK(mentions(text, "co_await in handlers instead of get()"));
  CHECK(a.ask<&parent::ask_again>(b, 1).get() == 1);
}

TEST_CASE("a wait that could go on, but lies beneath another on the stack, is told apart") {
  int answered = 0;
  int told = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    stage s{seed};
    const auto c = s.spawn<counter>(7);
    const auto early = s.spawn<waiter>();
    const auto late = s.spawn<waiter>();
    auto first = early.ask<&waiter::wait_for>(c);
    auto second = late.ask<&waiter::wait_for_waiter>(early, c);
    try {
      const int answer = second.get();
      REQUIRE(answer == 7);
      ++answered;
    } catch (const troupe::usage_error& e) { // `late` had asked `early` before c answered it
      REQUIRE(mentions(e.what(), "lies beneath this one"));
      ++told;
    }
    REQUIRE(first.get() == 7);
  }
  CHECK(answered > 10);
  CHECK(told > 10);
}

TEST_CASE("a process that is killed while its code waits ends where it waits") {
  each_seed(seeds(100), [](stage& s) {
    const auto c = s.spawn<counter>({.place = own_process}, 1);
    const auto p = s.spawn<parent>({.place = own_process}, 0);
    auto answer = p.ask<&parent::dies_waiting>(c);
    s.after(1s, [&] { s.kill(p); });
    REQUIRE_THROWS_AS(answer.get(), troupe::actor_down);
    REQUIRE(s.now() == 1s);
    c.stop();
    s.run_until_idle();
    REQUIRE(s.leftovers() == lines{});
  });
}

TEST_CASE("a wait in a frozen process does not end before that thaws, also when its time is up") {
  each_seed(seeds(20), [](stage& s) {
    const auto c = s.spawn<counter>({.place = own_process}, 1);
    const auto w = s.spawn<waiter>({.place = own_process});
    const auto listener = s.spawn<recorder>();
    w.tell<&waiter::give_up_and_tell>(c, listener);
    s.after(1s, [&] { s.freeze(w); });
    s.after(20s, [&] { REQUIRE(listener.ask<&recorder::noted>().get().empty()); });
    s.after(21s, [&] { s.thaw(w); });
    s.advance(30s);
    REQUIRE(listener.ask<&recorder::noted>().get() == lines{"gave up"});
  });
}

TEST_CASE("an actor can have its own process killed") {
  struct suicide final : troupe::actor {
    explicit suicide(actor_ref<recorder> to) : to_{std::move(to)} {}
    void die() {
      to_.tell<&recorder::note>("before");
      on_stage->kill(self_as());
      to_.tell<&recorder::note>("after");
    }
    actor_ref<suicide> self_as() { return self(); }
    static stage*& the_stage() {
      static stage* s = nullptr;
      return s;
    }
    stage* on_stage = the_stage();
    actor_ref<recorder> to_;
  };
  stage s{3};
  suicide::the_stage() = &s;
  const auto listener = s.spawn<recorder>();
  const auto dying = s.spawn<suicide>({.place = own_process}, listener);
  CHECK_THROWS_AS(dying.ask<&suicide::die>().get(), troupe::actor_down);
  CHECK_FALSE(any_mentions(listener.ask<&recorder::noted>().get(), "after"));
}
