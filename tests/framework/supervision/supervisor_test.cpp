// SPDX-License-Identifier: BSD-3-Clause
#include "framework/supervision/patients.hpp"

#include "support/repeat.hpp"

#include <troupe/supervisor.hpp>
#include <troupe/test.hpp>

#include <catch2/catch.hpp>

using namespace test_support;
using namespace std::chrono_literals;
using troupe::own_process;
using troupe::supervisor;
using troupe::test::each_seed;

namespace {

constexpr troupe::supervisor_options generous{.intensity = 100, .period = 1s};

/// What it answers; if the question was still put to one that ended, what its successor answers.
template <auto method, class A>
auto answer_of_successor(const troupe::actor_ref<A>& child) {
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  for (;;) {
    try {
      return child.template ask<method>().get(10s);
    } catch (const troupe::actor_down&) {
      if (std::chrono::steady_clock::now() > deadline)
        throw;
    }
  }
}

class short_lived final : public troupe::actor {
  void on_start() override {
    after(0ms, [] { throw std::runtime_error{"ill at once"}; });
  }
};

/// Knows a patient by name only.
class acquaintance final : public troupe::actor {
 public:
  void tell_by_name(int v) const { find<patient>("p").tell<&patient::append>(v); }
  int ask_by_name() const {
    auto answer = find<patient>("p").ask<&patient::value>();
    return answer.get(10s);
  }
};

} // namespace

TEST_CASE("a child is started, and reached by the reference") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    supervisor sup{rt};
    auto child = sup.add<patient>({.id = "p", .place = place}, 7);
    CHECK(child.ask<&patient::start_value>().get(10s) == 7);
    const auto all = sup.children();
    REQUIRE(all.size() == 1);
    CHECK(all[0].id == "p");
    CHECK(all[0].state == troupe::child_state::running);
    CHECK(all[0].ref == child);
    CHECK(all[0].pid == child.ask<&patient::pid>().get(10s));
  });
}

TEST_CASE("a child whose handler threw is restarted from its arguments, and the reference stays valid") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    supervisor sup{rt, generous};
    auto child = sup.add<patient>({.id = "p", .place = place}, 7);
    child.ask<&patient::set>(9).get(10s);
    child.tell<&patient::fail>();
    CHECK(eventually(10s, [&] { return sup.children()[0].restarts == 1; }));
    CHECK(child.ask<&patient::value>().get(10s) == 7);
    CHECK(sup.children()[0].last_end->kind == troupe::exit_kind::exception);
    CHECK(sup.children()[0].last_end->last_message == "test_support::patient::fail");
    child.tell<&patient::fail_later>();
    CHECK(eventually(10s, [&] { return sup.children()[0].restarts == 2; }));
    CHECK(sup.children()[0].last_end->last_message == "test_support::patient::fail_later");
  });
}

TEST_CASE("a transient child that fails soon after its start is restarted, wherever it is") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    for (int i = 0; i < 10; ++i) {
      supervisor sup{rt, {.intensity = 2, .period = 60s, .log = false}};
      sup.add<short_lived>({.id = "p", .restart = troupe::transient, .place = place});
      CHECK(sup.wait(10s).has_value());
    }
  });
}

TEST_CASE("a child whose process was killed is restarted in another") {
  in_runtime(20s, [](troupe::runtime& rt) {
    supervisor sup{rt, generous};
    auto child = sup.add<patient>({.id = "p", .place = own_process}, 7);
    for (int i = 0; i < 10; ++i) {
      const auto pid = child.ask<&patient::pid>().get(10s);
      ::kill(pid, SIGKILL);
      REQUIRE(eventually(10s, [&] { return is_gone(pid); })); // it could answer once more
      CHECK(answer_of_successor<&patient::pid>(child) != pid);
    }
  });
}

TEST_CASE(
    "an ask that was under way when its actor ended fails, and the next one is answered by its successor") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    supervisor sup{rt, generous};
    auto child = sup.add<patient>({.id = "p", .place = place}, 7);
    for (int i = 0; i < 20; ++i) {
      auto waiting = child.ask<&patient::never>();
      child.tell<&patient::fail>();
      CHECK_THROWS_AS(waiting.get(10s), troupe::actor_down);
      CHECK(child.ask<&patient::value>().get(10s) == 7); // once it has failed, the seat is vacant
    }
  });
}

TEST_CASE("a process that crashed in a handler leaves the name of the message") {
  in_runtime(20s, [](troupe::runtime& rt) {
    supervisor sup{rt, generous};
    auto child = sup.add<patient>({.id = "p", .place = own_process}, 7);
    child.ask<&patient::set>(1).get(10s);
    child.tell<&patient::die>();
    CHECK(eventually(10s, [&] { return sup.children()[0].restarts == 1; }));
    const auto end = sup.children()[0].last_end;
    REQUIRE(end);
    CHECK(end->signal == SIGKILL);
    CHECK(end->last_message == "test_support::patient::die");
  });
}

TEST_CASE("what is sent while a child is being restarted waits for it, in order") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    supervisor sup{rt, generous};
    auto child = sup.add<patient>({.id = "p", .place = place, .backoff = {.base = 50ms}}, 0);
    auto waiting = child.ask<&patient::never>();
    child.tell<&patient::fail>();
    CHECK_THROWS_AS(waiting.get(10s), troupe::actor_down);
    for (int i = 0; i < 100; ++i)
      child.tell<&patient::append>(i);
    const auto all = child.ask<&patient::appended>().get(10s);
    REQUIRE(all.size() == 100);
    CHECK(std::is_sorted(all.begin(), all.end()));
  });
}

TEST_CASE("an actor in a third process reaches a child before and after its restart") {
  in_runtime(20s, [](troupe::runtime& rt) {
    supervisor sup{rt, generous};
    auto child = sup.add<patient>({.id = "p", .place = own_process}, 7);
    auto visitor = rt.spawn<test_support::visitor>({.place = own_process}, child);
    CHECK(visitor.ask<&test_support::visitor::visit>().get(10s) == 7);
    const auto pid = child.ask<&patient::pid>().get(10s);
    ::kill(pid, SIGKILL);
    REQUIRE(eventually(10s, [&] { return is_gone(pid); }));
    CHECK(answer_of_successor<&patient::pid>(child) != pid);
    CHECK(answer_of_successor<&test_support::visitor::visit>(visitor) == 7);
  });
}

TEST_CASE("a child sees itself under the reference that others have") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    supervisor sup{rt};
    auto child = sup.add<patient>({.id = "p", .place = place}, 7);
    CHECK(child.ask<&patient::me>().get(10s) == child);
    CHECK(child.ask<&patient::me>().get(10s).ask<&patient::value>().get(10s) == 7);
  });
}

TEST_CASE("the table of actors says which supervisor looks after whom") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    supervisor sup{rt};
    sup.add<patient>({.id = "p", .place = place}, 7);
    std::string looked_after;
    std::vector<std::string> ids;
    for (const auto& a : rt.actors(10s)) {
      ids.push_back(a.id);
      if (a.name == "p")
        looked_after = a.supervisor;
    }
    CHECK(std::find(ids.begin(), ids.end(), looked_after) != ids.end());
  });
}

TEST_CASE("a child with a name is found by it, before and after a restart") {
  in_runtime(20s, [](troupe::runtime& rt) {
    supervisor sup{rt, generous};
    auto child = sup.add<patient>({.id = "p", .place = own_process, .name = "doctor's"}, 7);
    CHECK(rt.find<patient>("doctor's") == child);
    child.tell<&patient::fail>();
    CHECK(eventually(10s, [&] { return sup.children()[0].restarts == 1; }));
    CHECK(rt.find<patient>("doctor's").ask<&patient::value>().get(10s) == 7);
    sup.stop("p");
    sup.remove("p");
    CHECK_FALSE(rt.find<patient>("doctor's"));
  });
}

TEST_CASE("children are stopped in the reverse order of their start") {
  in_runtime(20s, [](troupe::runtime& rt) {
    auto book = rt.spawn<notebook>();
    {
      supervisor sup{rt};
      for (const auto* id : {"a", "b", "c"})
        sup.add<diarist>({.id = id}, std::string{id}, book);
    }
    CHECK(book.ask<&notebook::lines>().get(10s) ==
          std::vector<std::string>{"a up", "b up", "c up", "c down", "b down", "a down"});
  });
}

TEST_CASE("a supervisor that has restarted too often stops its children and ends") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    supervisor sup{rt, {.intensity = 2, .period = 60s}};
    auto bad = sup.add<patient>({.id = "bad", .place = place}, 7);
    auto good = sup.add<patient>({.id = "good"}, 8);
    auto end_of_good = good.when_down();
    for (int i = 0; i < 3; ++i) {
      auto waiting = bad.ask<&patient::never>();
      bad.tell<&patient::fail>();
      CHECK_THROWS_AS(waiting.get(10s), troupe::actor_down);
    }
    const auto reason = sup.wait(10s);
    REQUIRE(reason);
    CHECK(reason->kind == troupe::exit_kind::stopped);
    CHECK_THAT(reason->text, Catch::Contains("gave up"));
    CHECK(end_of_good.get(10s).kind == troupe::exit_kind::stopped);
    CHECK_THROWS_AS(bad.ask<&patient::value>().get(10s), troupe::actor_down);
    CHECK_THROWS_AS(good.ask<&patient::value>().get(10s), troupe::actor_down);
    CHECK_THROWS_AS(sup.children(), troupe::actor_down);
  });
}

TEST_CASE("a child that does not start is no child") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    supervisor sup{rt};
    CHECK_THROWS_WITH(sup.add<stillborn>({.id = "s", .place = place}), Catch::Contains("not today"));
    CHECK(sup.children().empty());
    CHECK_NOTHROW(sup.add<patient>({.id = "s", .place = place}, 7));
    CHECK_THROWS_AS(sup.add<patient>({.id = "s", .place = place}, 7), troupe::usage_error);
  });
}

TEST_CASE("a child that does not react to being stopped is killed after its shutdown time") {
  in_runtime(30s, [](troupe::runtime& rt) {
    supervisor sup{rt};
    auto child = sup.add<patient>({.id = "p", .place = own_process, .shutdown = 100ms}, 7);
    const auto pid = child.ask<&patient::pid>().get(10s);
    child.tell<&patient::block>();
    sup.stop("p");
    CHECK(eventually(10s, [&] { return is_gone(pid); }));
    CHECK(sup.children()[0].last_end->signal == SIGKILL);
  });
}

TEST_CASE("a supervisor below another that gives up is restarted by it, and references stay valid") {
  in_runtime(30s, [](troupe::runtime& rt) {
    supervisor top{rt, {.intensity = 3, .period = 60s, .name = "top"}};
    auto below = top.add_supervisor({.id = "below"}, {.intensity = 0, .period = 60s});
    auto first = below.add<patient>({.id = "first"}, 1);
    auto second = below.add<patient>({.id = "second", .place = own_process}, 2);
    second.ask<&patient::set>(20).get(10s);
    auto waiting = first.ask<&patient::never>();
    first.tell<&patient::fail>(); // one restart is too many there
    CHECK_THROWS_AS(waiting.get(10s), troupe::actor_down);
    CHECK(eventually(10s, [&] { return top.children()[0].restarts == 1; }));
    CHECK(second.ask<&patient::value>().get(10s) == 2);
    CHECK(first.ask<&patient::value>().get(10s) == 1);
    CHECK(below.children().size() == 2);
  });
}

TEST_CASE("events tell what happened, of supervisors below as well") {
  in_runtime(30s, [](troupe::runtime& rt) {
    std::mutex mutex;
    std::vector<std::string> seen;
    supervisor top{rt, {.intensity = 3, .period = 60s, .name = "top"}};
    top.on_event([&](const troupe::supervision_event& e) {
      std::lock_guard lock{mutex};
      seen.push_back(troupe::to_string(e));
    });
    auto below = top.add_supervisor({.id = "below"}, {.intensity = 3, .period = 60s});
    auto child = below.add<patient>({.id = "p"}, 1);
    child.tell<&patient::fail>();
    CHECK(eventually(10s, [&] { return below.children()[0].restarts == 1; }));
    below.stop("p");
    std::lock_guard lock{mutex};
    CHECK(
        seen ==
        std::vector<std::string>{
            "supervisor top: below started", "supervisor top/below: p started",
            "supervisor top/below: p ended: exception: std::runtime_error: ill; the last message was test_support::patient::fail",
            "supervisor top/below: p is restarted at once, restart 1 of the period",
            "supervisor top/below: p started",
            "supervisor top/below: p was stopped: stopped: its supervisor was asked to stop it"});
  });
}

TEST_CASE("a child in another process sends to itself by the reference that others have") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    supervisor sup{rt, generous};
    auto child = sup.add<patient>({.id = "p", .place = place}, 7);
    for (int i = 0; i < 20; ++i)
      child.tell<&patient::append_soon>(i);
    CHECK(eventually(10s, [&] { return child.ask<&patient::appended>().get(10s).size() == 20; }));
  });
}

TEST_CASE("a message by a reference that is let go of at once reaches a child in a third process") {
  in_runtime(30s, [](troupe::runtime& rt) {
    supervisor sup{rt, generous};
    auto child = sup.add<patient>({.id = "p", .place = own_process, .name = "p"}, 7);
    for (int i = 0; i < 10; ++i) {
      const auto other = rt.spawn<acquaintance>({.place = own_process});
      other.ask<&acquaintance::tell_by_name>(i).get(10s);
      CHECK(other.ask<&acquaintance::ask_by_name>().get(10s) == 7);
    }
    CHECK(eventually(10s, [&] { return child.ask<&patient::appended>().get(10s).size() == 10; }));
  });
}

TEST_CASE("a listener of a supervisor below asks it at any time") {
  in_runtime(30s, [](troupe::runtime& rt) {
    std::atomic<std::size_t> looks{0};
    const auto began = std::chrono::steady_clock::now();
    std::optional<supervisor> below; // there for as long as its listener is called
    {
      supervisor top{rt, {.strategy = troupe::one_for_all, .intensity = 10, .period = 60s, .log = false}};
      auto other = top.add<patient>({.id = "other"}, 1);
      below.emplace(top.add_supervisor({.id = "below", .shutdown = 0s}, generous));
      below->on_event([&](const troupe::supervision_event&) { looks += below->children().size(); });
      auto child = below->add<patient>({.id = "p"}, 1);
      other.tell<&patient::fail>();
      CHECK(eventually(10s, [&] { return top.children()[1].restarts + top.children()[0].restarts == 1; }));
      CHECK(answer_of_successor<&patient::value>(child) == 1);
      CHECK(answer_of_successor<&patient::value>(other) == 1);
    }
    CHECK(looks >= 3);
    CHECK(std::chrono::steady_clock::now() - began < 10s * slowness);
  });
}

TEST_CASE("a supervisor below that may take no time to end does not leave its children behind") {
  each_seed(seeds(50), [](troupe::test::stage& s) {
    supervisor top{s, {.strategy = troupe::one_for_all, .intensity = 10, .period = 60s, .log = false}};
    auto other = top.add<patient>({.id = "other"}, 1);
    auto below = top.add_supervisor({.id = "below", .shutdown = 0s}, {.intensity = 100, .log = false});
    auto child = below.add<patient>({.id = "p", .place = own_process}, 1);
    for (int i = 0; i < 3; ++i) {
      other.tell<&patient::fail>();
      s.run_until_idle();
      CHECK(answer_of_successor<&patient::value>(child) == 1);
      CHECK(below.children()[0].state == troupe::child_state::running);
    }
  });
}

TEST_CASE("nothing of a tree of supervisors stays in memory") {
  const auto held = std::make_shared<int>(0);
  {
    troupe::test::stage s;
    supervisor top{s};
    auto middle = top.add_supervisor({.id = "middle"});
    auto below = middle.add_supervisor({.id = "below"});
    below.add<patient>({.id = "p", .place = own_process}, 1);
    for (auto* each : {&top, &middle, &below})
      each->on_event([held](const troupe::supervision_event&) {});
    CHECK(held.use_count() == 4);
  }
  CHECK(held.use_count() == 1);
}

TEST_CASE("the end of the runtime ends what its supervisors hold") {
  within(30s, [] {
    const auto before = leftovers::now();
    std::optional<supervisor> sup;
    troupe::actor_ref<patient> child;
    {
      troupe::runtime rt{0, nullptr};
      sup.emplace(rt);
      child = sup->add<patient>({.id = "p", .place = own_process}, 7);
    }
    CHECK_THROWS_AS(child.ask<&patient::value>().get(10s), troupe::actor_down);
    CHECK_THROWS_AS(sup->children(), troupe::actor_down);
    sup.reset();
    eventually(1s, [&] { return leftovers::now() == before; });
    CHECK(leftovers::now() == before);
  });
}
