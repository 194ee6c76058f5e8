// SPDX-License-Identifier: BSD-3-Clause
// What rt.actors() tells of the actors of all processes.
#include "framework/actor/places.hpp"
#include "support/strike.hpp"

#include <unistd.h>

#include <csignal>
#include <future>
#include <optional>

using namespace test_support;
using troupe::actor_state;

namespace shop {

/// Does as it is told.
class clerk final : public troupe::actor {
 public:
  int add(int x) { return sum_ += x; }
  pid_t pid() const { return ::getpid(); }
  void serve_until(std::promise<void>& entered, std::future<void>& leave) const { // within the process
    entered.set_value();
    leave.wait();
  }
  void spin(std::chrono::milliseconds time) const {
    const auto until = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < until) {
    }
  }
  troupe::promise<int> never() { return kept_; }
  troupe::task<int> wait_for(troupe::actor_ref<clerk> other) {
    const int answer = co_await other.ask<&clerk::never>();
    co_return answer;
  }

 private:
  int sum_ = 0;
  troupe::promise<int> kept_;
};

} // namespace shop

using shop::clerk;

namespace {

std::optional<troupe::actor_info> named(troupe::runtime& rt, const std::string& name) {
  for (auto& i : rt.actors(10s))
    if (i.name == name)
      return i;
  return std::nullopt;
}

/// Waits until the actor's batch is over.
troupe::actor_info at_rest(troupe::runtime& rt, const std::string& name) {
  std::optional<troupe::actor_info> seen;
  CHECK(eventually(10s, [&] {
    seen = named(rt, name);
    return seen && seen->state == actor_state::idle;
  }));
  return seen.value_or(troupe::actor_info{});
}

class held_clerk {
 public:
  explicit held_clerk(troupe::actor_ref<clerk> ref) : ref_{std::move(ref)} {
    ref_.internals()->host()->push(std::make_unique<hold>(*this));
    entered_.get_future().wait();
  }
  void let_go() { leave_.set_value(); }

 private:
  struct hold final : troupe::detail::host_job {
    explicit hold(held_clerk& h) : held{h} {}
    void run(troupe::detail::actor_host& host) override {
      host.object<clerk>().serve_until(held.entered_, held.left_);
    }
    held_clerk& held;
  };
  troupe::actor_ref<clerk> ref_;
  std::promise<void> entered_;
  std::promise<void> leave_;
  std::future<void> left_ = leave_.get_future();
};

} // namespace

TEST_CASE("actors tells who is there, in which process, and what they have handled") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<clerk>({.name = "ann", .place = place});
    for (int i = 0; i < 20; ++i)
      ref.ask<&clerk::add>(i).get(10s);
    const auto pid = ref.ask<&clerk::pid>().get(10s);
    const auto info = at_rest(rt, "ann");
    CHECK(info.class_name == "shop::clerk");
    CHECK(info.id == std::to_string(ref.id().process) + '.' + std::to_string(ref.id().number));
    CHECK(info.pid == pid);
    CHECK(info.process == (pid == ::getpid() ? troupe::current_process().name : "ann"));
    CHECK(info.messages_handled == 21);
    CHECK(info.mailbox_length == 0);
    CHECK(info.coroutines_waiting == 0);
    CHECK(info.supervisor.empty());
  });
}

TEST_CASE("actors without a name are told by their number, and those that have ended are not told") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<clerk>({.place = place});
    ref.ask<&clerk::pid>().get(10s);
    const auto id = std::to_string(ref.id().process) + '.' + std::to_string(ref.id().number);
    CHECK(named(rt, "actor " + id));
    auto end = ref.when_down();
    ref.stop();
    end.get(10s);
    CHECK_FALSE(named(rt, "actor " + id));
  });
}

TEST_CASE("the time in handlers is told, and which coroutines wait") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ann = rt.spawn<clerk>({.name = "ann", .place = place});
    const auto bob = rt.spawn<clerk>({.name = "bob", .place = place});
    ann.ask<&clerk::spin>(30ms).get(10s);
    CHECK(at_rest(rt, "ann").busy >= 30ms);
    CHECK(at_rest(rt, "bob").busy < 30ms * slowness);
    auto answer = ann.ask<&clerk::wait_for>(bob);
    bob.ask<&clerk::add>(1).get(10s); // not before the coroutine has asked: messages keep their order only
    CHECK(eventually(10s, [&] { return at_rest(rt, "ann").coroutines_waiting == 1; }));
  });
}

TEST_CASE("an actor in the middle of a handler is running, and what waits for it is counted") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto ref = rt.spawn<clerk>({.name = "ann"});
    held_clerk held{ref};
    for (int i = 0; i < 7; ++i)
      ref.tell<&clerk::add>(i);
    const auto first = named(rt, "ann");
    REQUIRE(first);
    CHECK(first->state == actor_state::running);
    CHECK(first->mailbox_length == 7);
    CHECK(eventually(10s, [&] { return named(rt, "ann")->busy > first->busy; }));
    held.let_go();
    CHECK(at_rest(rt, "ann").messages_handled == 7);
  });
}

TEST_CASE("a stopped process does not hold up the others, and is said not to answer") {
  in_runtime(20s,
             [](troupe::runtime& rt) {
               const auto here = rt.spawn<clerk>({.name = "here"});
               const auto there = rt.spawn<clerk>({.name = "there", .place = troupe::own_process});
               const auto stuck = rt.spawn<clerk>({.name = "stuck", .place = troupe::own_process});
               const auto pid = stuck.ask<&clerk::pid>().get(10s);
               REQUIRE(stop_whole_process(pid));
               const auto all = rt.actors(3s);
               ::kill(pid, SIGCONT);
               CHECK(stuck.ask<&clerk::pid>().get(10s) == pid); // behind the answer that comes too late
               CHECK(troupe::late_replies() == 0);
               std::vector<std::string> seen;
               for (const auto& i : all)
                 seen.push_back(i.name + '|' + i.process + '|' + to_string(i.state));
               std::ranges::sort(seen);
               CHECK(seen == std::vector<std::string>{"here|" + troupe::current_process().name + "|idle",
                                                      "there|there|idle", "|stuck|no answer"});
             },
             {.heartbeat = 0ms});
}

TEST_CASE("a process that was killed is not told") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto ref = rt.spawn<clerk>({.name = "ann", .place = troupe::own_process});
    ::kill(ref.ask<&clerk::pid>().get(10s), SIGKILL);
    ref.when_down().get(10s);
    CHECK(eventually(10s, [&] { return rt.actors(10s).empty(); }));
  });
}

TEST_CASE("pool workers, which have none of these actors, answer with none") {
  in_runtime(20s, [](troupe::runtime& rt) {
    troupe::pool pool{rt, {.processes = 2}};
    pool.map([](int x) { return x; }, {1, 2, 3});
    CHECK(rt.actors(10s).empty());
  });
}

TEST_CASE("an actor may look at all actors, itself included") {
  class inspector final : public troupe::actor {
   public:
    std::size_t count() const { return troupe::runtime::current().actors(10s).size(); }
  };
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto there = rt.spawn<clerk>({.place = troupe::own_process});
    const auto ref = rt.spawn<inspector>();
    CHECK(ref.ask<&inspector::count>().get(10s) == 2);
  });
}
