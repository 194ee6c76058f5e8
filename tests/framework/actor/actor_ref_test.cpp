// SPDX-License-Identifier: BSD-3-Clause
// References as values: in arguments, results and members of messages; empty, and of the wrong class.
#include "framework/actor/places.hpp"

#include <unistd.h>
#include <map>
#include <optional>
#include <set>

using namespace test_support;

namespace {

class player;
using player_ref = troupe::actor_ref<player>;

struct team {
  std::string name;
  std::vector<player_ref> players;
  std::optional<player_ref> captain;
  std::map<std::string, player_ref> roles;
};

class player final : public troupe::actor {
 public:
  explicit player(int number) : number_{number} {}
  int number() const { return number_; }
  pid_t pid() const { return ::getpid(); }

  troupe::task<int> number_of(player_ref other) { co_return co_await other.ask<&player::number>(); }
  troupe::task<int> sum_of(team t) {
    int sum = co_await t.captain->ask<&player::number>();
    for (const auto& p : t.players)
      sum += co_await p.ask<&player::number>();
    for (const auto& [role, p] : t.roles)
      sum += co_await p.ask<&player::number>();
    co_return sum;
  }
  void keep(player_ref other) { kept_ = std::move(other); }
  player_ref kept() const { return kept_; }
  bool is(player_ref other) const { return other == kept_; }
  void hand_to(troupe::actor_ref<notebook> book) { book.tell<&notebook::note>(std::to_string(number_)); }

 private:
  int number_;
  player_ref kept_;
};

/// Introduces itself while it is being made.
class newcomer final : public troupe::actor {
 public:
  newcomer() : me_{self()} { self().tell<&newcomer::begin>(); }
  void begin() { begun_ = true; }
  bool begun() const { return begun_; }
  troupe::actor_ref<newcomer> me() const { return me_; }

 private:
  troupe::actor_ref<newcomer> me_;
  bool begun_ = false;
};

class stranger final : public troupe::actor {
 public:
  int answer() const { return 42; }
};

} // namespace

TEST_CASE("an actor asks another that it got as an argument") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto here = rt.spawn<player>(7);
    const auto there = rt.spawn<player>({.place = place}, 8);
    CHECK(there.ask<&player::number_of>(here).get(10s) == 7);
    CHECK(here.ask<&player::number_of>(there).get(10s) == 8);
    CHECK(there.ask<&player::number_of>(there).get(10s) == 8); // itself
  });
}

TEST_CASE("references travel in containers and members of structures") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto a = rt.spawn<player>(1);
    const auto b = rt.spawn<player>({.place = place}, 20);
    const auto c = rt.spawn<player>({.place = beside(b)}, 300);
    const team t{.name = "reds", .players = {a, b, c}, .captain = c, .roles = {{"goal", a}, {"wing", b}}};
    CHECK(a.ask<&player::sum_of>(t).get(10s) == 642);
    CHECK(b.ask<&player::sum_of>(t).get(10s) == 642);
  });
}

TEST_CASE("a reference that went to an actor and came back is equal, and an empty one stays empty") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto here = rt.spawn<player>(7);
    const auto there = rt.spawn<player>({.place = place}, 8);
    CHECK_FALSE(there.ask<&player::kept>().get(10s));
    there.tell<&player::keep>(here);
    CHECK(there.ask<&player::kept>().get(10s) == here);
    CHECK(there.ask<&player::is>(here).get(10s));
    CHECK(std::hash<player_ref>{}(there.ask<&player::kept>().get(10s)) == std::hash<player_ref>{}(here));
    there.tell<&player::keep>(player_ref{});
    CHECK(there.ask<&player::kept>().get(10s) == player_ref{});
  });
}

TEST_CASE("an actor has a reference to itself, and sends itself messages, while it is being made") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<newcomer>({.place = place});
    CHECK(ref.ask<&newcomer::begun>().get(10s));
    CHECK(ref.ask<&newcomer::me>().get(10s) == ref);
  });
}

TEST_CASE("an actor tells one of the process that spawned it") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto book = rt.spawn<notebook>();
    const auto there = rt.spawn<player>({.place = place}, 8);
    there.ask<&player::hand_to>(book).get(10s);
    CHECK(eventually(10s, [&] { return book.ask<&notebook::count>("8").get(10s) == 1; }));
  });
}

TEST_CASE("an empty reference is an error of whoever uses it") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const player_ref nobody;
    CHECK_FALSE(nobody);
    CHECK_THROWS_AS(nobody.tell<&player::keep>(nobody), troupe::usage_error);
    CHECK_THROWS_AS(nobody.ask<&player::number>(), troupe::usage_error);
    CHECK_THROWS_AS(nobody.stop(), troupe::usage_error);
    CHECK_THROWS_AS(nobody.when_down(), troupe::usage_error);
    const auto somebody = rt.spawn<player>(1);
    CHECK_THROWS_AS(somebody.ask<&player::number_of>(nobody).get(10s), troupe::usage_error);
    CHECK(somebody.ask<&player::number>().get(10s) == 1);
  });
}

TEST_CASE("a reference found as the wrong class is an error that names both, and the actor goes on") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto right = rt.spawn<player>({.name = "forward", .place = place}, 9);
    const auto wrong = rt.find<stranger>("forward");
    auto answer = wrong.ask<&stranger::answer>();
    const auto text = text_of_failure<troupe::usage_error>(answer);
    CHECK(contains(text, "forward"));
    CHECK(contains(text, "stranger"));
    CHECK(right.ask<&player::number>().get(10s) == 9);
  });
}

TEST_CASE("a reference keeps nobody alive and nobody needs it to live") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    rt.spawn<player>({.name = "lonely", .place = place}, 5);
    CHECK(rt.find<player>("lonely").ask<&player::number>().get(10s) == 5);
  });
}

TEST_CASE("actors of one process tell their places apart from those of another") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto here = rt.spawn<player>(1);
    const auto there = rt.spawn<player>({.place = troupe::own_process}, 2);
    const auto near = rt.spawn<player>({.place = beside(there)}, 3);
    const auto with_us = rt.spawn<player>({.place = beside(here)}, 4);
    const auto pid_of = [](const player_ref& r) { return r.ask<&player::pid>().get(10s); };
    CHECK(pid_of(here) == ::getpid());
    CHECK(pid_of(with_us) == ::getpid());
    CHECK(pid_of(there) != ::getpid());
    CHECK(pid_of(near) == pid_of(there));
    CHECK(std::set{here.id().number, with_us.id().number}.size() == 2);
  });
}
