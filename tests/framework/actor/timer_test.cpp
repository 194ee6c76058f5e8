// SPDX-License-Identifier: BSD-3-Clause
#include "framework/actor/places.hpp"

#include "support/repeat.hpp"

#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

using namespace test_support;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// A timer, and between which times it was due: between those, its thread may have been away.
struct started_timer {
  milliseconds delay;
  std::chrono::nanoseconds due_not_before;
  std::chrono::nanoseconds due_not_after;
};

/// Whether no timer called before one that was surely due earlier.
bool in_order(const std::vector<started_timer>& called) {
  for (auto late = called.begin(); late != called.end(); ++late)
    for (auto early = called.begin(); early != late; ++early)
      if (late->due_not_after < early->due_not_before)
        return false;
  return true;
}

/// Its handler takes longer than its period, so there is always one more to come.
class late_clockwork final : public troupe::actor {
 public:
  explicit late_clockwork(std::string path) : path_{std::move(path)} {
    every(1ms, [] {
      std::this_thread::sleep_for(3ms); // sleep: longer than the period
    });
  }

 private:
  void on_stop(const troupe::exit_reason&) override { std::ofstream{path_} << "in order"; }
  std::string path_;
};

class clockwork final : public troupe::actor {
 public:
  /// How late it was called; negative: too early.
  troupe::promise<std::chrono::nanoseconds> late_by(milliseconds delay) {
    troupe::promise<std::chrono::nanoseconds> result;
    after(delay, [result, due = steady_clock::now() + delay]() mutable {
      result.set(std::chrono::nanoseconds{steady_clock::now() - due});
    });
    return result;
  }
  /// Starts a timer for each delay. The timers, in the order in which they called.
  troupe::promise<std::vector<started_timer>> order_of(const std::vector<int>& delays_ms) {
    started_.clear();
    called_.clear();
    troupe::promise<std::vector<started_timer>> result;
    for (std::size_t k = 0; k != delays_ms.size(); ++k) {
      const milliseconds delay{delays_ms[k]};
      const auto before = steady_clock::now().time_since_epoch();
      after(delay, [this, k, result, all = delays_ms.size()]() mutable {
        called_.push_back(started_[k]);
        if (called_.size() == all)
          result.set(called_);
      });
      started_.push_back({.delay = delay,
                          .due_not_before = before + delay,
                          .due_not_after = steady_clock::now().time_since_epoch() + delay});
    }
    return result;
  }
  /// How long so many beats took. It cancels itself at the last.
  troupe::promise<std::chrono::nanoseconds> beats(milliseconds period, int count) {
    troupe::promise<std::chrono::nanoseconds> result;
    beat_ = every(period, [this, result, count, start = steady_clock::now()]() mutable {
      if (++beats_ != count)
        return;
      beat_.cancel();
      result.set(std::chrono::nanoseconds{steady_clock::now() - start});
    });
    return result;
  }
  int beats_so_far() const { return beats_; }

  /// Starts both; the second calls when the first should have.
  troupe::task<bool> cancelled_never_calls() {
    bool called = false;
    auto first = after(milliseconds{2}, [&called] { called = true; });
    first.cancel();
    first.cancel();
    co_await after(milliseconds{10});
    co_return !called;
  }
  /// Cancels a timer whose time has come, but not its turn.
  troupe::task<bool> cancelled_in_the_mailbox_never_calls() {
    bool called = false;
    auto due = after(milliseconds{0}, [&called] { called = true; });
    const troupe::actor_ref<clockwork> me = self();
    while (me.internals()->host()->mailbox_size() == 0)
      std::this_thread::yield();
    due.cancel();
    co_await after(milliseconds{1});
    co_return !called;
  }
  void fails_soon() {
    after(milliseconds{1}, [] { throw std::runtime_error("in a timer"); });
  }
  void ticks(troupe::actor_ref<notebook> book) {
    every(milliseconds{1}, [book] { book.tell<&notebook::note>("tick"); });
  }
  void ends_before_its_timer(troupe::actor_ref<notebook> book) {
    after(milliseconds{5}, [book] { book.tell<&notebook::note>("too late"); });
    stop();
  }

 private:
  std::vector<started_timer> started_;
  std::vector<started_timer> called_;
  troupe::timer beat_;
  int beats_ = 0;
};

} // namespace

TEST_CASE("a timer never calls too early") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<clockwork>({.place = place});
    for (const auto delay :
         {milliseconds{0}, milliseconds{1}, milliseconds{3}, milliseconds{20}, milliseconds{-1}}) {
      const auto late = ref.ask<&clockwork::late_by>(delay).get(10s);
      CHECK(late.count() >= 0);
      CHECK(late < 5s);
    }
  });
}

TEST_CASE("timers call in the order of their times, whatever the order in which they were started") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<clockwork>({.place = place});
    const auto order = ref.ask<&clockwork::order_of>(std::vector{30, 5, 40, 1, 20, 10, 0}).get(10s);
    CHECK(order.size() == 7);
    CHECK(in_order(order));
    CHECK(ref.ask<&clockwork::order_of>(std::vector(200, 3)).get(10s).size() == 200);
  });
}

TEST_CASE("a timer calls again and again, no sooner than its period, until it is cancelled") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<clockwork>({.place = place});
    CHECK(ref.ask<&clockwork::beats>(milliseconds{2}, 10).get(10s) >= 20ms);
    ref.ask<&clockwork::late_by>(milliseconds{10}).get(10s); // several periods
    CHECK(ref.ask<&clockwork::beats_so_far>().get(10s) == 10);
  });
}

TEST_CASE("a cancelled timer does not call, not even when its time has come") {
  repeat(10, [](random_source&) {
    in_both_places([](troupe::runtime& rt, troupe::placement place) {
      const auto ref = rt.spawn<clockwork>({.place = place});
      CHECK(ref.ask<&clockwork::cancelled_never_calls>().get(10s));
      CHECK(ref.ask<&clockwork::cancelled_in_the_mailbox_never_calls>().get(10s));
    });
  });
}

TEST_CASE("what a timer throws ends its actor") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<clockwork>({.place = place});
    auto end = ref.when_down();
    ref.tell<&clockwork::fails_soon>();
    CHECK(to_string(end.get(10s)) == "exception: std::runtime_error: in a timer");
  });
}

TEST_CASE("a timer runs until its actor ends, and not after that") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto book = rt.spawn<notebook>();
    const auto ref = rt.spawn<clockwork>({.place = place});
    ref.tell<&clockwork::ticks>(book);
    CHECK(eventually(10s, [&] { return book.ask<&notebook::count>("tick").get(10s) > 3; }));
    ref.tell<&clockwork::ends_before_its_timer>(book);
    ref.when_down().get(10s);
    const auto ticks = book.ask<&notebook::count>("tick").get(10s);
    rt.spawn<clockwork>().ask<&clockwork::late_by>(milliseconds{15}).get(10s);
    CHECK(book.ask<&notebook::count>("tick").get(10s) == ticks);
    CHECK(book.ask<&notebook::count>("too late").get(10s) == 0);
  });
}

TEST_CASE("timers of actors that end leave those of others alone") {
  in_runtime(20s, [](troupe::runtime& rt) {
    std::vector<troupe::reply<std::vector<started_timer>>> replies;
    for (int i = 0; i < 20; ++i) {
      const bool ends = i % 3 == 0;
      const auto ref = rt.spawn<clockwork>();
      replies.push_back(ref.ask<&clockwork::order_of>(std::vector{i, 0, ends ? 60'000 : 20 - i, 7}));
      if (ends)
        ref.stop();
    }
    for (std::size_t i = 0; i < replies.size(); ++i) {
      if (i % 3 == 0)
        CHECK_THROWS_AS(replies[i].get(10s), troupe::actor_down);
      else
        CHECK(replies[i].get(10s).size() == 4);
    }
  });
}

TEST_CASE("a process ends in order although a timer of it is always late") {
  const auto path = std::filesystem::temp_directory_path() / ("troupe-late-" + std::to_string(::getpid()));
  in_runtime(20s, [&](troupe::runtime& rt) {
    rt.spawn<late_clockwork>({.place = troupe::own_process}, path.string());
    rt.spawn<clockwork>().ask<&clockwork::late_by>(milliseconds{15}).get(10s);
  });
  CHECK(std::filesystem::remove(path));
}
