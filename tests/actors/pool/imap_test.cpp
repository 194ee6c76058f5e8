// SPDX-License-Identifier: BSD-3-Clause
// imap reads its range lazily and never further ahead than its window.
#include "support/gate.hpp"
#include "support/in_runtime.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <future>
#include <list>
#include <optional>
#include <ranges>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace test_support;

namespace {

int same(int x) { return x; }

/// 0, 1, 2 … for ever; tells how far it was read.
auto endless(std::atomic<int>& read) {
  return std::views::iota(0) | std::views::transform([&read](int i) {
           ++read;
           return i;
         });
}

/// Its copies take longer than what a range may take without being taken for a slow one.
class slow_to_copy {
 public:
  explicit slow_to_copy(int value = 0) : value_{value} {}
  slow_to_copy(const slow_to_copy& other) : value_{other.value_} {
    ++copies;
    std::this_thread::sleep_for(2ms); // sleep: a copy that takes its time
  }
  slow_to_copy& operator=(const slow_to_copy&) = delete;
  void change() { value_ = -1; }
  static int value_of(const slow_to_copy& x) { return x.value_; }
  static inline int copies = 0; // in this process

  template <class Archive>
  void serialize(Archive& archive) {
    archive(value_);
  }

 private:
  int value_;
};

} // namespace

TEST_CASE("imap hands results out in order, imap_unordered in that of completion") {
  in_pool(20s, [](troupe::pool& pool) {
    const auto one = pool.with({.chunk = 1});
    gate gate;
    auto completed = one.imap_unordered(gate.first_held(), {0, 1, 2, 3});
    std::set<std::optional<int>> overtaking;
    for (int i = 0; i < 3; ++i)
      overtaking.insert(completed.next());
    CHECK(overtaking == std::set<std::optional<int>>{1, 2, 3});
    gate.open();
    CHECK(completed.next() == 0);
    CHECK_FALSE(completed.next());
    auto ordered = one.imap(gate.first_held(), {0, 1, 2, 3});
    gate.open();
    for (int i = 0; i < 4; ++i)
      CHECK(ordered.next() == i);
    CHECK_FALSE(ordered.next());
  });
}

TEST_CASE("an endless range is read no further ahead than the window, however slow the consumer") {
  in_pool(20s, [](troupe::pool& pool) {
    for (int window : {1, 2, 3, 16, 100}) {
      std::atomic<int> read{0};
      auto results = pool.with({.window = static_cast<std::size_t>(window)}).imap(same, endless(read));
      int furthest = read;
      for (int taken = 0; taken < 50; ++taken) {
        REQUIRE(results.next() == taken);
        if (taken % 10 == 0)
          std::this_thread::sleep_for(2ms); // sleep: a slow consumer
        furthest = std::max(furthest, read - taken);
      }
      CHECK(furthest <= window);
      CHECK(furthest >= std::min(window, 2) / 2);
    }
  });
}

TEST_CASE("the window is strict for unordered results and large chunks too") {
  in_pool(20s, [](troupe::pool& pool) {
    std::atomic<int> read{0};
    auto results = pool.with({.chunk = 50, .window = 20}).imap_unordered(same, endless(read));
    int furthest = read;
    std::set<int> seen;
    for (int taken = 0; taken < 200; ++taken) {
      seen.insert(*results.next());
      furthest = std::max(furthest, read - taken);
    }
    CHECK(seen.size() == 200);
    CHECK(furthest <= 20);
  });
}

TEST_CASE("the window is bounded by default") {
  in_pool(20s, [](troupe::pool& pool) {
    std::atomic<int> read{0};
    auto results = pool.imap(same, endless(read));
    CHECK(results.next() == 0);
    CHECK(read <= 512 * 2); // what the window may have grown to while the consumer waited
  });
}

TEST_CASE("the window is bounded by default for a consumer that is always kept waiting, too") {
  in_pool(20s, [](troupe::pool& pool) {
    std::atomic<int> read{0};
    int taken = 0;
    int furthest = 0;
    for (int v : pool.imap(same, endless(read))) {
      CHECK(v == taken++);
      furthest = std::max(furthest, read - taken);
      if (taken == 20'000)
        break;
    }
    CHECK(furthest <= 512 * 2);
  });
}

TEST_CASE("leaving early ends an endless imap, and the pool goes on") {
  in_pool(20s, [](troupe::pool& pool) {
    for (int i = 0; i < 100; ++i) {
      std::atomic<int> read{0};
      int taken = 0;
      for (int v : pool.imap_unordered(same, endless(read)))
        if (++taken, v >= i % 7)
          break;
      CHECK(taken > 0);
    }
    CHECK(pool.apply(same, 3) == 3);
    pool.close();
    CHECK(pool.join(10s));
  });
}

TEST_CASE("an imap that nobody consumes does not disturb the pool") {
  in_pool(20s, [](troupe::pool& pool) {
    std::atomic<int> read{0};
    auto ignored = pool.imap(same, endless(read));
    auto also = pool.imap_unordered(same, endless(read));
    for (int i = 0; i < 100; ++i)
      CHECK(pool.apply(same, i) == i);
    CHECK(ignored.next() == 0);
  });
}

TEST_CASE("what the range throws comes after the results of what was read before") {
  in_pool(20s, [](troupe::pool& pool) {
    auto broken = std::views::iota(0) | std::views::transform([](int i) {
                    if (i == 3)
                      throw std::domain_error{"cannot be read"};
                    return i;
                  });
    auto results = pool.imap(same, broken);
    for (int i = 0; i < 3; ++i)
      CHECK(results.next() == i);
    CHECK_THROWS_AS(results.next(), std::domain_error);
    CHECK_FALSE(results.next());
    CHECK(pool.apply(same, 1) == 1);
  });
}

TEST_CASE(
    "of a container, as much as the window has room for is read at once, also while results are there") {
  in_pool(30s, [](troupe::pool& pool) {
    std::list<slow_to_copy> items;
    for (int i = 0; i < 30; ++i)
      items.emplace_back(i);
    auto results = pool.with({.chunk = 1, .window = 20}).imap(slow_to_copy::value_of, items);
    for (auto& item : items)
      item.change();
    for (int i = 0; i < 20; ++i)
      CHECK(results.next(5s) == i);
    for (int i = 20; i < 30; ++i)
      CHECK(results.next(5s) == -1);
    CHECK_FALSE(results.next(5s));
  });
}

TEST_CASE("next with a timeout reads no more of a container that is slow to copy than the item it is at") {
  in_pool(30s, [](troupe::pool& pool) {
    const std::list<slow_to_copy> items(40);
    auto results = pool.with({.chunk = 1, .window = 20}).imap(slow_to_copy::value_of, items);
    for (int i = 0; i < 10; ++i)
      CHECK(results.next(5s) == 0);
    const int before = slow_to_copy::copies;
    try {
      results.next(1ms);                     // half of the window is free now
    } catch (const troupe::timeout_error&) { // the result may be there or not
    }
    CHECK(slow_to_copy::copies - before <= 2); // of one item
  });
}

TEST_CASE("next with a timeout holds it, and nothing is lost") {
  in_pool(20s, [](troupe::pool& pool) {
    gate gate;
    auto results = pool.with({.chunk = 1}).imap(gate.first_held(), {0, 1});
    const auto began = std::chrono::steady_clock::now();
    CHECK_THROWS_AS(results.next(20ms), troupe::timeout_error);
    CHECK(std::chrono::steady_clock::now() - began < 5s * slowness);
    gate.open();
    CHECK(results.next() == 0);
    CHECK(results.next(5s) == 1);
    CHECK_FALSE(results.next(5s));
  });
}

TEST_CASE("next with a timeout reads no more of a slow range than the item it is at") {
  in_pool(30s, [](troupe::pool& pool) {
    gate gate;
    std::atomic<int> read{0};
    auto slow = std::views::iota(0) | std::views::transform([&read](int i) {
                  if (read++ != 0)
                    std::this_thread::sleep_for(20ms); // sleep: a slow generator
                  return i;
                });
    auto results = pool.with({.chunk = 1, .window = 64}).imap(gate.first_held(), slow);
    const int at_first = read;
    CHECK_THROWS_AS(results.next(1ms), troupe::timeout_error);
    CHECK(read - at_first <= 2);
    gate.open();
    CHECK(results.next(10s) == 0);
  });
}

TEST_CASE("what has not begun of an imap that was left never does, whatever was called beside it") {
  in_pool(30s,
          [](troupe::pool& pool) {
            gate first;
            auto running = pool.apply_async(first.first_held(), 0);
            gate never; // whoever comes to it stays
            {
              auto left = pool.with({.chunk = 1}).imap(never.first_held(), {0});
              auto behind = pool.apply_async(same, 1);
              CHECK_THROWS_AS(left.next(20ms), troupe::timeout_error);
            }
            auto last = pool.apply_async(same, 2);
            first.open();
            CHECK(running.get(5s) == 0);
            CHECK(last.get(5s) == 2);
          },
          {.processes = 1});
}

TEST_CASE("results that are there do not wait for a slow range") {
  in_pool(30s, [](troupe::pool& pool) {
    std::promise<void> go_on;
    auto may = go_on.get_future().share();
    auto slow = std::views::iota(0, 4) | std::views::transform([may](int i) {
                  if (i != 0)
                    std::this_thread::sleep_for(300ms * slowness); // sleep: a slow range
                  if (i == 3)
                    may.wait();
                  return i;
                });
    auto results = pool.imap(same, slow);
    for (int i = 0; i < 3; ++i)
      CHECK(results.next(5s * slowness) == i);
    go_on.set_value();
    CHECK(results.next(5s) == 3);
    CHECK_FALSE(results.next(5s));
  });
}

TEST_CASE("results of quick items do not wait for a slow one behind them") {
  in_pool(30s,
          [](troupe::pool& pool) {
            for (const std::size_t chunk : {1, 2, 5, 8}) {
              gate gate;
              auto results = pool.with({.chunk = chunk}).imap(gate.first_held(), {1, 2, 3, 4, 0, 5});
              for (int i = 1; i < 5; ++i)
                CHECK(results.next(5s) == i);
              CHECK_THROWS_AS(results.next(100ms), troupe::timeout_error);
              gate.open();
              CHECK(results.next(5s) == 0);
              CHECK(results.next(5s) == 5);
              CHECK_FALSE(results.next(5s));
            }
          },
          {.processes = 1});
}

TEST_CASE("a quick call does not wait for a slow one of another thread behind it") {
  in_pool(30s,
          [](troupe::pool& pool) {
            gate before;
            gate behind;
            auto first = pool.apply_async(before.first_held(), 0);
            std::vector<troupe::async_result<int>> quick;
            for (int i = 0; i < 5; ++i)
              quick.push_back(pool.apply_async(same, i));
            auto last = pool.apply_async(behind.first_held(), 0);
            before.open();
            CHECK(first.get(5s) == 0);
            for (int i = 0; i < 5; ++i)
              CHECK(quick[static_cast<std::size_t>(i)].get(5s) == i);
            CHECK_FALSE(last.ready());
            behind.open();
            CHECK(last.get(5s) == 0);
          },
          {.processes = 1});
}

TEST_CASE("a worker that is killed after its results were seen costs the item it was in, and no other") {
  in_pool(30s,
          [](troupe::pool& pool) {
            for (const std::size_t chunk : {1, 3, 10}) {
              gate gate;
              const auto told = pool.with({.chunk = chunk, .window = 100});
              auto results = told.imap(gate.first_held(), {1, 2, 3, 0, 4, 5});
              for (int i = 1; i < 4; ++i)
                CHECK(results.next(5s) == i);
              CHECK(eventually(5s, [&] { return gate.is_entered(); }));
              ::kill(pool.workers().at(0).pid, SIGKILL);
              CHECK_THROWS_AS(results.next(5s), troupe::worker_lost);
              CHECK(results.next(5s) == 4);
              CHECK(results.next(5s) == 5);
              CHECK_FALSE(results.next(5s));
            }
          },
          {.processes = 1});
}

TEST_CASE("several imaps can be consumed in turn") {
  in_pool(20s, [](troupe::pool& pool) {
    auto first = pool.imap(same, std::views::iota(0, 1000));
    auto second = pool.imap(same, std::views::iota(1000, 2000));
    bool right = true;
    for (int i = 0; i < 1000; ++i)
      right = right && first.next() == i && second.next() == 1000 + i;
    CHECK(right);
    CHECK_FALSE(first.next());
    CHECK_FALSE(second.next());
  });
}

TEST_CASE("items that pile up behind a slow one are shared out and none is lost") {
  in_pool(60s, [](troupe::pool& pool) {
    for (int i = 0; i < (test_support::sanitized ? 1 : 5); ++i) {
      gate gate;
      auto results = pool.with({.chunk = 1, .window = 3000})
                         .imap_unordered(gate.first_held(), std::views::iota(0, 200'000));
      std::vector<char> seen(200'000);
      int count = 0;
      while (count < 199'999)
        count += !std::exchange(seen.at(static_cast<std::size_t>(*results.next())), 'x');
      CHECK_FALSE(seen[0]);
      gate.open();
      CHECK(results.next() == 0);
      CHECK_FALSE(results.next());
    }
  });
}
