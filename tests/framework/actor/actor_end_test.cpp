// SPDX-License-Identifier: BSD-3-Clause
// Who learns of the end of an actor, and what becomes of what was outstanding.
#include "framework/actor/places.hpp"

#include "support/repeat.hpp"

#include <unistd.h>
#include <atomic>
#include <csignal>
#include <optional>
#include <stdexcept>
#include <thread>

using namespace test_support;
using troupe::exit_kind;

namespace {

class witness : public troupe::actor {
 public:
  using ref = troupe::actor_ref<witness>;

  pid_t pid() const { return ::getpid(); }
  void leave(int code) { ::_exit(code); }
  void fail() const { throw std::runtime_error("broken"); }
  void finish() { stop(); }
  void finish_and_fail() {
    stop();
    fail();
  }
  troupe::promise<int> never() { return asked_.emplace_back(); }
  std::size_t asked() const { return asked_.size(); }
  troupe::task<int> wait_for(ref other) { co_return co_await other.ask<&witness::never>(); }
  void tick() {
    every(1ms, [this] { ++ticks_; });
  }

  void watch(ref other) {
    monitor(other, [this](const troupe::down& d) { downs_.push_back(d.reason); });
  }
  std::vector<troupe::exit_reason> downs() const { return downs_; }

 private:
  std::vector<troupe::promise<int>> asked_;
  std::vector<troupe::exit_reason> downs_;
  long ticks_ = 0;
};

using ref = witness::ref;

/// The text of the actor_down or stopped that the answer is.
template <class R>
std::string text_of_end(troupe::reply<R>& answer) {
  try {
    static_cast<void>(answer.get(10s));
  } catch (const troupe::actor_down& e) {
    return e.what();
  } catch (const troupe::stopped& e) {
    return e.what();
  }
  return {};
}

/// The function of a process.
void wait_for_ever(ref other) { other.ask<&witness::never>().get(); }

/// An actor with a thread of its own, which it joins in the end.
class companion final : public troupe::actor {
 public:
  explicit companion(ref other)
      : thread_{[other] {
          auto answer = other.ask<&witness::never>();
          static_cast<void>(text_of_end(answer));
        }} {}
  ~companion() { thread_.join(); }

 private:
  std::thread thread_;
};

} // namespace

TEST_CASE("what a handler throws after it has asked to stop is the reason of the end") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto subject = rt.spawn<witness>({.place = place});
    auto ended = subject.when_down();
    subject.tell<&witness::finish_and_fail>();
    const auto reason = ended.get(10s);
    CHECK(reason.kind == exit_kind::exception);
    CHECK(contains(to_string(reason), "broken"));
  });
}

TEST_CASE("when_down tells the reason, to whoever asked before the end") {
  repeat(10, [](random_source&) {
    in_both_places([](troupe::runtime& rt, troupe::placement place) {
      const auto ref = rt.spawn<witness>({.place = place});
      auto first = ref.when_down();
      auto second = ref.when_down();
      CHECK_FALSE(first.ready());
      ref.stop({.kind = exit_kind::stopped, .text = "enough"});
      CHECK(first.get(10s) == troupe::exit_reason{.kind = exit_kind::stopped, .text = "enough"});
      CHECK(second.get(10s).text == "enough");
      CHECK(ref.when_down().wait(10s)); // afterwards
    });
  });
}

TEST_CASE("a monitor is told once why the other ended") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto watcher = rt.spawn<witness>();
    const auto other = rt.spawn<witness>({.place = place});
    watcher.ask<&witness::watch>(other).get(10s);
    CHECK(watcher.ask<&witness::downs>().get(10s).empty());
    other.tell<&witness::fail>();
    other.when_down().get(10s);
    CHECK(eventually(10s, [&] { return !watcher.ask<&witness::downs>().get(10s).empty(); }));
    CHECK(eventually(10s, [&] { return rt.active_children().empty(); }));
    const auto told = watcher.ask<&witness::downs>().get(10s);
    REQUIRE(told.size() == 1);
    CHECK(to_string(told[0]) == "exception: std::runtime_error: broken");
  });
}

TEST_CASE("an actor elsewhere monitors one of this process") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto watcher = rt.spawn<witness>({.place = place});
    const auto other = rt.spawn<witness>();
    watcher.ask<&witness::watch>(other).get(10s);
    other.tell<&witness::finish>();
    CHECK(eventually(10s, [&] { return watcher.ask<&witness::downs>().get(10s).size() == 1; }));
    CHECK_FALSE(troupe::is_abnormal(watcher.ask<&witness::downs>().get(10s).at(0)));
  });
}

TEST_CASE("a monitor of an actor that has ended is told soon") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto watcher = rt.spawn<witness>();
    const auto other = rt.spawn<witness>({.place = place});
    other.stop();
    other.when_down().get(10s);
    watcher.tell<&witness::watch>(other);
    CHECK(eventually(10s, [&] { return watcher.ask<&witness::downs>().get(10s).size() == 1; }));
  });
}

TEST_CASE("whoever does not wait for an end any more is not told of it, wherever it is") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto subject = rt.spawn<witness>({.place = place});
    const auto& system = *troupe::detail::actor_system::current();
    const auto late = system.late_answers();
    for (int i = 0; i < 200; ++i) {
      const auto watcher = rt.spawn<witness>();
      watcher.ask<&witness::watch>(subject).get(10s);
      auto end = watcher.when_down();
      watcher.stop();
      CHECK(end.get(10s).kind == exit_kind::stopped);
      static_cast<void>(subject.when_down()); // and let go of
    }
    const auto stays = rt.spawn<witness>();
    stays.ask<&witness::watch>(subject).get(10s);
    subject.stop();
    CHECK(eventually(10s, [&] { return stays.ask<&witness::downs>().get(10s).size() == 1; }));
    CHECK(system.late_answers() == late);
  });
}

TEST_CASE("an end that comes when its watcher has ended as well is no late reply") {
  in_runtime(30s, [](troupe::runtime& rt) {
    const auto host = rt.spawn<witness>({.place = troupe::own_process});
    for (int i = 0; i < 200; ++i) {
      const auto subject = rt.spawn<witness>({.place = troupe::beside(host)});
      const auto watcher = rt.spawn<witness>();
      watcher.ask<&witness::watch>(subject).get(10s);
      auto ends = std::pair{subject.when_down(), watcher.when_down()};
      subject.stop();
      watcher.stop();
      ends.first.get(10s);
      ends.second.get(10s);
    }
    CHECK(troupe::late_replies() == 0);
  });
}

TEST_CASE("a killed process is the reason of its actors' end, with the signal") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto watcher = rt.spawn<witness>();
    const auto other = rt.spawn<witness>({.place = troupe::own_process});
    const auto pid = other.ask<&witness::pid>().get(10s);
    watcher.ask<&witness::watch>(other).get(10s);
    auto end = other.when_down();
    ::kill(pid, SIGKILL);
    const auto reason = end.get(10s);
    CHECK(reason.kind == exit_kind::process_lost);
    CHECK(reason.signal == SIGKILL);
    CHECK(reason.pid == pid);
    CHECK(eventually(10s, [&] { return watcher.ask<&witness::downs>().get(10s).size() == 1; }));
    CHECK(watcher.ask<&witness::downs>().get(10s).at(0) == reason);
  });
}

TEST_CASE("a process that exits is the reason of its actors' end, with the code") {
  in_runtime(20s, [](troupe::runtime& rt) {
    for (const int code : {3, 0}) { // also when it says that all is well: its actors had not ended
      const auto other = rt.spawn<witness>({.place = troupe::own_process});
      auto end = other.when_down();
      other.tell<&witness::leave>(code);
      const auto reason = end.get(10s);
      CHECK(reason.kind == exit_kind::process_lost);
      CHECK(reason.exit_code == code);
    }
  });
}

TEST_CASE("all that a killed process was asked fails with the name of the signal") {
  repeat(10, [](random_source& random) {
    in_runtime(20s, [&](troupe::runtime& rt) {
      const auto other = rt.spawn<witness>({.place = troupe::own_process});
      const auto pid = other.ask<&witness::pid>().get(10s);
      std::vector<troupe::reply<int>> replies;
      for (int i = 0; i < 50; ++i)
        replies.push_back(other.ask<&witness::never>());
      wait_up_to(random, 1ms);
      ::kill(pid, SIGKILL);
      for (auto& r : replies)
        CHECK(contains(text_of_failure<troupe::actor_down>(r), "SIGKILL"));
      auto late = other.ask<&witness::never>();
      CHECK(contains(text_of_failure<troupe::actor_down>(late), "SIGKILL"));
    });
  });
}

TEST_CASE("a runtime ends whatever is outstanding, and who waits is told") {
  repeat(10, [](random_source& random) {
    std::vector<troupe::reply<int>> replies;
    std::optional<troupe::reply<troupe::exit_reason>> end;
    ref kept;
    in_both_places([&](troupe::runtime& rt, troupe::placement place) {
      const auto a = rt.spawn<witness>();
      const auto b = rt.spawn<witness>({.place = place});
      replies.push_back(a.ask<&witness::never>());
      replies.push_back(b.ask<&witness::never>());
      replies.push_back(a.ask<&witness::wait_for>(b));
      replies.push_back(b.ask<&witness::wait_for>(a));
      end = b.when_down();
      a.tell<&witness::tick>();
      b.tell<&witness::tick>();
      kept = b;
      wait_up_to(random, 3ms);
    });
    within(20s, [&] {
      for (auto& r : replies)
        CHECK(text_of_end(r) != "");
      CHECK(end->wait(0s));
    });
  });
}

TEST_CASE("threads that wait for answers while the runtime ends are told so") {
  repeat(20, [](random_source& random) {
    std::vector<std::thread> waiting;
    std::vector<std::string> told(4);
    in_both_places([&](troupe::runtime& rt, troupe::placement place) {
      const auto a = rt.spawn<witness>();
      const auto b = rt.spawn<witness>({.place = place});
      const auto from = waiting.size();
      std::atomic<int> there{0};
      for (std::size_t i = from; i < from + 2; ++i)
        waiting.emplace_back([&told, &there, i, asked = i % 2 == 0 ? a : b] {
          auto answer = asked.ask<&witness::never>();
          ++there;
          told[i] = text_of_end(answer);
        });
      while (there != 2)
        std::this_thread::yield();
      wait_up_to(random, 1ms); // sometimes they have begun to wait, sometimes not
    });
    for (auto& each : waiting)
      each.join();
    for (const auto& text : told)
      CHECK(text != "");
  });
}

TEST_CASE("processes that wait for an answer end in order when the runtime does") {
  within(20s, [] {
    std::optional<troupe::process> function;
    {
      troupe::runtime rt{0, nullptr};
      const auto asked = rt.spawn<witness>();
      const auto apart = rt.spawn<witness>({.place = troupe::own_process});
      rt.spawn<companion>({.place = beside(apart)}, asked);
      rt.spawn<companion>(asked);
      function.emplace(rt, wait_for_ever, asked);
      function->start();
      CHECK(eventually(10s, [&] { return asked.ask<&witness::asked>().get(10s) == 3; }));
    }
    CHECK(function->exitcode() == 1); // it threw `stopped`, and was not killed
  });
}

TEST_CASE("references that outlive their runtime reach nobody and harm nobody") {
  ref kept;
  in_both_places(
      [&](troupe::runtime& rt, troupe::placement place) { kept = rt.spawn<witness>({.place = place}); });
  within(20s, [&] {
    CHECK_NOTHROW(kept.tell<&witness::fail>());
    CHECK_NOTHROW(kept.stop());
    auto answer = kept.ask<&witness::pid>();
    CHECK(text_of_end(answer) != "");
    CHECK(kept.when_down().wait(10s));
  });
}
