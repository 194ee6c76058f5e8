// SPDX-License-Identifier: BSD-3-Clause
// The code of docs/tutorial.md. What stands between // [name] and // [/name] is shown there; snippets.py compares.
#include "support/in_runtime.hpp"

#include <troupe/troupe.hpp>

#include <catch2/catch.hpp>

#include <csignal>
#include <latch>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace test_support;

namespace {

// [counter]
class counter : public troupe::actor {
 public:
  explicit counter(int start) : n_{start} {}

  void add(int k) { n_ += k; }
  int total() const { return n_; }
  void take(int k) {
    if (k > n_)
      throw std::out_of_range("only " + std::to_string(n_) + " left");
    n_ -= k;
  }
  void crash() { std::raise(SIGKILL); }

 private:
  int n_;
};
// [/counter]

struct no_such_row : std::runtime_error {
  using std::runtime_error::runtime_error;
};
const bool registered = troupe::register_exception<no_such_row>("no_such_row");

class table : public troupe::actor {
 public:
  std::string row(const std::string& key) const { throw no_such_row(key); }
};

// [coroutine]
class adder : public troupe::actor {
 public:
  troupe::task<int> sum(troupe::actor_ref<counter> a, troupe::actor_ref<counter> b) {
    auto second = b.ask<&counter::total>(); // both are asked before the first has answered
    const int first = co_await a.ask<&counter::total>();
    co_return first + co_await std::move(second);
  }
};
// [/coroutine]

// [promise]
class door : public troupe::actor {
 public:
  troupe::promise<std::string> visitor() { return waiting_.emplace_back(); }
  void ring(const std::string& who) {
    for (auto& answer : std::exchange(waiting_, {}))
      answer.set(who);
  }

 private:
  std::vector<troupe::promise<std::string>> waiting_;
};
// [/promise]

// [timers]
class clockwork : public troupe::actor {
 public:
  troupe::promise<int> third_beat() {
    beat_ = every(1ms, [this] {
      if (++beats_ == 3) {
        beat_.cancel();
        third_.set(beats_);
      }
    });
    return third_;
  }

 private:
  troupe::timer beat_;
  troupe::promise<int> third_;
  int beats_ = 0;
};
// [/timers]

// [watcher]
class nurse : public troupe::actor {
 public:
  void watch(troupe::actor_ref<troupe::actor> patient) {
    monitor(patient, [this](const troupe::down& d) { report_.set(to_string(d.reason)); });
  }
  void share_fate_of(troupe::actor_ref<troupe::actor> other) { link(other); }
  troupe::promise<std::string> report() { return report_; }

 private:
  troupe::promise<std::string> report_;
};
// [/watcher]

std::latch looking_for_paper{1};
std::latch paper{1};

class printer : public troupe::actor {
 public:
  void load_paper() {
    looking_for_paper.count_down();
    paper.wait();
  }
  void print(const std::string& page) { printed_ += page; }
  std::string printed() const { return printed_; }

 private:
  std::string printed_;
};

// [radio]
class radio : public troupe::actor {
 public:
  void tune_in(const std::string& name) {
    const auto news = troupe::topic<std::string>::find(name);
    news.subscribe<&radio::on_news>(self());
  }
  void on_news(const std::string& text) { heard_ += text + ", "; }
  std::string heard() const { return heard_; }

 private:
  std::string heard_;
};
// [/radio]

} // namespace

TEST_CASE("tutorial: the first actor") {
  in_runtime(20s, [](troupe::runtime& rt) {
    // [tell-and-ask]
    const troupe::actor_ref<counter> apples = rt.spawn<counter>(5);
    apples.tell<&counter::add>(3); // sent; nobody waits
    troupe::reply<int> total = apples.ask<&counter::total>();
    CHECK(total.get(5s) == 8);
    // [/tell-and-ask]
  });
}

TEST_CASE("tutorial: a process of its own, which is killed") {
  in_runtime(20s, [](troupe::runtime& rt) {
    // [own-process]
    const troupe::actor_ref<counter> pears = rt.spawn<counter>({.place = troupe::own_process}, 5);
    pears.tell<&counter::add>(3);
    CHECK(pears.ask<&counter::total>().get(5s) == 8);

    auto end = pears.when_down();
    CHECK_THROWS_AS(pears.ask<&counter::crash>().get(5s), troupe::actor_down);
    const troupe::exit_reason why = end.get(5s); // to_string(why): "process 4711 killed by SIGKILL"
    CHECK(why.signal == SIGKILL);
    // [/own-process]
    CHECK(why.kind == troupe::exit_kind::process_lost);
    CHECK_THAT(to_string(why), Catch::EndsWith("killed by SIGKILL"));
  });
}

TEST_CASE("tutorial: errors") {
  in_runtime(20s, [](troupe::runtime& rt) {
    // [errors]
    const auto eggs = rt.spawn<counter>({.place = troupe::own_process}, 8);
    CHECK_THROWS_AS(eggs.ask<&counter::take>(10).get(5s), std::out_of_range);
    CHECK(eggs.ask<&counter::total>().get(5s) == 8); // it lives on

    auto end = eggs.when_down();
    eggs.tell<&counter::take>(10);
    CHECK(to_string(end.get(5s)) == "exception: std::out_of_range: only 8 left");
    CHECK_THROWS_AS(eggs.ask<&counter::total>().get(5s), troupe::actor_down);
    // [/errors]
    CHECK_NOTHROW(eggs.tell<&counter::add>(1));
  });
}

TEST_CASE("tutorial: an exception of one's own") {
  in_runtime(20s, [](troupe::runtime& rt) {
    CHECK(registered);
    const auto rows = rt.spawn<table>({.place = troupe::own_process});
    CHECK_THROWS_AS(rows.ask<&table::row>("seven").get(5s), no_such_row);
  });
}

TEST_CASE("tutorial: coroutines, promises and timers") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto here = rt.spawn<counter>(1);
    const auto there = rt.spawn<counter>({.place = troupe::own_process}, 2);
    CHECK(rt.spawn<adder>().ask<&adder::sum>(here, there).get(5s) == 3);

    const auto entrance = rt.spawn<door>();
    auto first = entrance.ask<&door::visitor>();
    auto second = entrance.ask<&door::visitor>();
    entrance.tell<&door::ring>("Ada");
    CHECK(first.get(5s) == "Ada");
    CHECK(second.get(5s) == "Ada");

    const auto clock = rt.spawn<clockwork>();
    CHECK(clock.ask<&clockwork::third_beat>().get(5s) == 3);
  });
}

TEST_CASE("tutorial: monitors and links") {
  in_runtime(20s, [](troupe::runtime& rt) {
    // [watched]
    const auto watcher = rt.spawn<nurse>();
    const auto plums = rt.spawn<counter>({.place = troupe::own_process}, 5);
    watcher.ask<&nurse::watch>(plums).get(5s);
    plums.stop();
    CHECK(watcher.ask<&nurse::report>().get(5s) == "stopped");

    const auto figs = rt.spawn<counter>(5);
    watcher.ask<&nurse::share_fate_of>(figs).get(5s);
    auto end = watcher.when_down();
    figs.tell<&counter::take>(8000);
    CHECK(to_string(end.get(5s)) == "exception: std::out_of_range: only 5 left");
    // [/watched]
  });
}

TEST_CASE("tutorial: the bound of a mailbox") {
  in_runtime(20s, [](troupe::runtime& rt) {
    // [bound]
    const troupe::mailbox_options two{.capacity = 2, .overflow = troupe::overflow_policy::reject};
    const auto slow = rt.spawn<printer>({.mailbox = two});
    slow.tell<&printer::load_paper>(); // takes long
    looking_for_paper.wait();          // it has begun
    slow.tell<&printer::print>("a");   // this one waits in the mailbox
    slow.tell<&printer::print>("b");   // and this one
    CHECK_THROWS_AS(slow.tell<&printer::print>("c"), troupe::queue_full);
    CHECK_THROWS_AS(slow.ask<&printer::printed>().get(5s), troupe::queue_full);
    // [/bound]
    paper.count_down();
    CHECK(eventually(10s, [&] { // at first there may be no room for the question
      try {
        return slow.ask<&printer::printed>().get(5s) == "ab";
      } catch (const troupe::queue_full&) {
        return false;
      }
    }));
  });
}

TEST_CASE("tutorial: names") {
  in_runtime(20s, [](troupe::runtime& rt) {
    // [names]
    const auto visits = rt.spawn<counter>({.name = "visits", .place = troupe::own_process}, 0);
    CHECK(rt.find<counter>("visits") == visits);
    CHECK_FALSE(rt.find<counter>("nobody")); // an empty reference
    CHECK_THROWS_AS(rt.spawn<counter>({.name = "visits"}, 0), troupe::usage_error);
    // [/names]
    visits.stop();
    visits.when_down().get(5s);
    const auto again = rt.spawn<counter>({.name = "visits"}, 0);
    CHECK(rt.find<counter>("visits") == again);
  });
}

TEST_CASE("tutorial: topics") {
  in_runtime(20s, [](troupe::runtime& rt) {
    // [topic]
    const troupe::topic<std::string> news{rt, "news"}; // finds it, or makes it
    const auto kitchen = rt.spawn<radio>();
    const auto car = rt.spawn<radio>({.place = troupe::own_process});
    news.subscribe<&radio::on_news>(kitchen); // subscribed by somebody else
    car.ask<&radio::tune_in>("news").get(5s); // and by itself
    CHECK(news.subscribers().get(5s) == 2);

    news.publish("rain"); // nobody waits for the subscribers
    news.unsubscribe<&radio::on_news>(kitchen);
    news.publish("sun");
    // [/topic]
    CHECK(eventually(10s, [&] { return car.ask<&radio::heard>().get(5s) == "rain, sun, "; }));
    CHECK(eventually(10s, [&] { return kitchen.ask<&radio::heard>().get(5s) == "rain, "; }));
    CHECK_THROWS_AS((troupe::topic<int>{rt, "news"}), troupe::usage_error);
  });
}
