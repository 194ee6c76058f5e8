// SPDX-License-Identifier: BSD-3-Clause
// Handlers that wait without keeping their actor from other messages.
#include "framework/actor/places.hpp"

#include "support/repeat.hpp"

#include <atomic>
#include <csignal>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace test_support;

namespace {

/// Lives in frames of coroutines.
struct counted {
  static std::atomic<int> alive;
  counted() { ++alive; }
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;
  ~counted() { --alive; }
};
std::atomic<int> counted::alive{0};

/// Answers only when it is opened.
class gate final : public troupe::actor {
 public:
  troupe::promise<int> pass() { return waiting_.emplace_back(); }
  int waiting() const { return static_cast<int>(waiting_.size()); }
  void open(int with) {
    for (auto& w : std::exchange(waiting_, {}))
      w.set(with);
  }
  int number() const { return 5; }
  void broken() const { throw std::out_of_range("no such gate"); }
  void die() { ::raise(SIGKILL); }

 private:
  std::vector<troupe::promise<int>> waiting_;
};
using gate_ref = troupe::actor_ref<gate>;

class walker final : public troupe::actor {
 public:
  troupe::task<int> through(gate_ref g) {
    const counted local;
    ++on_the_way_;
    const int with = co_await g.ask<&gate::pass>();
    --on_the_way_;
    co_return with;
  }
  int on_the_way() const { return on_the_way_; }
  troupe::task<std::size_t> length_after(gate_ref g, const std::string& text, std::string_view more) {
    co_await g.ask<&gate::number>();
    co_return text.size() + more.size() + (text.back() == 'z' ? 1000U : 0U);
  }

  troupe::task<int> nested(gate_ref g, int depth) {
    const counted local;
    if (depth == 0) // not with ?: GCC 12 mistakes a co_await in a conditional expression
      co_return co_await through(g);
    co_return 1 + co_await nested(g, depth - 1);
  }
  troupe::task<int> many_at_once(gate_ref g, int count) {
    std::vector<troupe::reply<int>> replies;
    for (int i = 0; i < count; ++i)
      replies.push_back(g.ask<&gate::number>());
    int sum = 0;
    for (auto& r : replies)
      sum += co_await std::move(r);
    co_return sum;
  }
  troupe::task<void> into_the_broken(gate_ref g) { co_await g.ask<&gate::broken>(); }
  troupe::task<std::string> rescued(gate_ref g) {
    try {
      co_await into_the_broken(g);
    } catch (const std::out_of_range& e) {
      co_return std::string{"rescued: "} + e.what();
    }
    co_return "nothing was thrown";
  }
  troupe::task<std::string> waits_for_dead(gate_ref g) {
    try {
      co_await g.ask<&gate::pass>();
    } catch (const troupe::actor_down& e) {
      co_return e.what();
    }
    co_return "it answered";
  }
  troupe::task<bool> rests(std::chrono::milliseconds delay) {
    const auto start = std::chrono::steady_clock::now();
    co_await after(delay);
    co_return std::chrono::steady_clock::now() - start >= delay;
  }
  troupe::task<int> immediate(int x) { co_return x; }
  troupe::task<long> adds_up(int count) {
    long sum = 0;
    for (int i = 0; i < count; ++i)
      sum += co_await immediate(i);
    co_return sum;
  }
  troupe::task<std::string> remembers(std::string text, std::vector<std::string> more) {
    co_await after(1ms);
    co_return text + more.at(0);
  }
  troupe::task<void> stops_and_waits(gate_ref g) {
    const counted local;
    stop();
    co_await g.ask<&gate::pass>();
  }
  void fail() const { throw std::runtime_error("broken"); }

 private:
  int on_the_way_ = 0;
};

} // namespace

TEST_CASE("an actor handles other messages while a coroutine of it waits") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto g = rt.spawn<gate>();
    const auto w = rt.spawn<walker>({.place = place});
    auto first = w.ask<&walker::through>(g);
    auto second = w.ask<&walker::through>(g);
    CHECK(w.ask<&walker::on_the_way>().get(10s) == 2);
    CHECK(eventually(10s, [&] { return g.ask<&gate::waiting>().get(10s) == 2; }));
    CHECK_FALSE(first.ready());
    g.tell<&gate::open>(9);
    CHECK(first.get(10s) == 9);
    CHECK(second.get(10s) == 9);
    CHECK(w.ask<&walker::on_the_way>().get(10s) == 0);
  });
}

TEST_CASE("a coroutine awaits coroutines that await others") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto g = rt.spawn<gate>();
    const auto w = rt.spawn<walker>({.place = place});
    auto answer = w.ask<&walker::nested>(g, 50);
    CHECK(eventually(10s, [&] { return g.ask<&gate::waiting>().get(10s) == 1; }));
    g.tell<&gate::open>(100);
    CHECK(answer.get(10s) == 150);
    CHECK(w.ask<&walker::adds_up>(100'000).get(10s) == 4'999'950'000);
    CHECK(counted::alive == 0);
  });
}

TEST_CASE("a coroutine awaits many questions that were asked at once") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto g = rt.spawn<gate>({.place = place});
    const auto w = rt.spawn<walker>();
    CHECK(w.ask<&walker::many_at_once>(g, 500).get(10s) == 2500);
  });
}

TEST_CASE("a coroutine rests for as long as it says, and its arguments last") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto w = rt.spawn<walker>({.place = place});
    auto resting = w.ask<&walker::rests>(20ms);
    CHECK(w.ask<&walker::on_the_way>().get(10s) == 0);
    CHECK(resting.get(10s));
    const std::string text(100, 'x');
    CHECK(w.ask<&walker::remembers>(text, std::vector{text}).get(10s) == text + text);
  });
}

TEST_CASE("an exception passes through those who await it") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto g = rt.spawn<gate>();
    const auto w = rt.spawn<walker>({.place = place});
    CHECK(w.ask<&walker::rescued>(g).get(10s) == "rescued: no such gate");
    CHECK_THROWS_AS(w.ask<&walker::into_the_broken>(g).get(10s), std::out_of_range);
    CHECK(w.ask<&walker::on_the_way>().get(10s) == 0); // it lives
  });
}

TEST_CASE("an exception of a coroutine that nobody waits for ends its actor") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto g = rt.spawn<gate>();
    const auto w = rt.spawn<walker>({.place = place});
    auto end = w.when_down();
    w.tell<&walker::into_the_broken>(g);
    CHECK(to_string(end.get(10s)) == "exception: std::out_of_range: no such gate");
  });
}

TEST_CASE("a coroutine that waits for a killed process gets actor_down") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto g = rt.spawn<gate>({.place = troupe::own_process});
    const auto w = rt.spawn<walker>();
    auto answer = w.ask<&walker::waits_for_dead>(g);
    g.tell<&gate::die>();
    CHECK(contains(answer.get(10s), "SIGKILL"));
  });
}

TEST_CASE("coroutines of an actor that ends are destroyed where they wait, and who asked is told") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto g = rt.spawn<gate>({.place = place});
    const auto w = rt.spawn<walker>();
    std::vector<troupe::reply<int>> replies;
    for (int i = 0; i < 10; ++i)
      replies.push_back(w.ask<&walker::nested>(g, 3));
    CHECK(eventually(10s, [&] { return g.ask<&gate::waiting>().get(10s) == 10; }));
    CHECK(counted::alive == 50);
    w.stop();
    for (auto& r : replies)
      CHECK_THROWS_AS(r.get(10s), troupe::actor_down);
    w.when_down().get(10s);
    CHECK(counted::alive == 0);
    g.ask<&gate::open>(1).get(10s); // an answer to nobody
  });
}

TEST_CASE("a coroutine that stops its actor ends where it waits next") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto g = rt.spawn<gate>();
    const auto w = rt.spawn<walker>();
    CHECK_THROWS_AS(w.ask<&walker::stops_and_waits>(g).get(10s), troupe::actor_down);
    w.when_down().get(10s);
    CHECK(counted::alive == 0);
  });
}

TEST_CASE("an actor ends at any moment while its coroutines wait, and all who asked are told") {
  repeat(50, [](random_source& random) {
    in_runtime(20s, [&](troupe::runtime& rt) {
      const auto g = rt.spawn<gate>({.place = troupe::own_process});
      const auto w = rt.spawn<walker>();
      std::vector<troupe::reply<int>> replies;
      for (int i = 0; i < 20; ++i)
        replies.push_back(w.ask<&walker::many_at_once>(g, 5));
      auto resting = w.ask<&walker::rests>(1ms);
      wait_up_to(random, 2ms);
      w.tell<&walker::fail>();
      w.when_down().get(10s);
      int told = resting.wait(10s);
      for (auto& r : replies)
        told += r.wait(10s);
      CHECK(told == 21);
    });
    CHECK(counted::alive == 0);
  });
}

TEST_CASE("arguments taken by reference live as long as the handler's coroutine") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto g = rt.spawn<gate>();
    const auto w = rt.spawn<walker>({.place = place});
    const auto text = std::string(5000, 'a') + 'z';
    CHECK(w.ask<&walker::length_after>(g, text, std::string(300, 'b')).get(10s) == 5001 + 300 + 1000);
  });
}
