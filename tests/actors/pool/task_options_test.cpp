// SPDX-License-Identifier: BSD-3-Clause
// on_progress and retries.
#include "support/in_runtime.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <future>
#include <limits>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace test_support;

namespace {

int same(int x) { return x; }

struct unloadable {
  int value = 0;
  template <class Archive>
  void save(Archive& out) const {
    out(value);
  }
  template <class Archive>
  void load(Archive& in) {
    in(value);
    if (value % 2)
      throw std::runtime_error{"odd"};
  }
};
unloadable unloadable_if_odd(int x) { return {x}; }

int never_if_odd(int x) {
  while (x % 2)
    ::pause();
  return x;
}
int odd_throws(int x) {
  if (x % 2)
    throw std::invalid_argument{"odd"};
  return x;
}

/// A folder in which tasks count how often they were begun, across processes.
class tally {
 public:
  tally() {
    char name[] = "/tmp/troupe-test-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  ~tally() { std::filesystem::remove_all(path_); }
  std::string path(int item) const { return path_ + "/" + std::to_string(item); }
  std::size_t count(int item) const { return text_of(path(item)).size(); }

  /// In the task: notes one more beginning, and returns how many there were.
  static std::size_t note(const std::string& path) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const bool written = ::write(fd, "x", 1) == 1;
    ::close(fd);
    return written ? text_of(path).size() : 0;
  }

 private:
  std::string path_;
};

std::size_t throw_below(std::size_t attempts, const std::string& path) {
  const auto begun = tally::note(path);
  if (begun < attempts)
    throw std::runtime_error{"attempt " + std::to_string(begun)};
  return begun;
}
std::size_t die_below(std::size_t attempts, const std::string& path) {
  const auto begun = tally::note(path);
  if (begun < attempts)
    ::raise(SIGKILL);
  return begun;
}

/// What on_progress was told.
struct told {
  std::mutex mutex;
  std::vector<troupe::progress> all;
  auto listener() {
    return [this](const troupe::progress& p) {
      std::lock_guard lock{mutex};
      all.push_back(p);
    };
  }
  troupe::progress last() {
    std::lock_guard lock{mutex};
    return all.empty() ? troupe::progress{} : all.back();
  }
  std::size_t count() {
    std::lock_guard lock{mutex};
    return all.size();
  }
};

} // namespace

TEST_CASE("progress counts items and failures, and the end is told before the call returns") {
  in_pool(20s, [](troupe::pool& pool) {
    std::vector<int> numbers(1000);
    std::iota(numbers.begin(), numbers.end(), 0);
    for (int i = 0; i < 50; ++i) {
      told t;
      static_cast<void>(pool.with({.on_progress = t.listener()}).map_settled(odd_throws, numbers));
      CHECK(t.last().done == 1000);
      CHECK(t.last().failed == 500);
      CHECK(t.last().total == 1000);
      std::lock_guard lock{t.mutex};
      CHECK(std::is_sorted(t.all.begin(), t.all.end(),
                           [](const auto& a, const auto& b) { return a.done < b.done; }));
    }
  });
}

TEST_CASE("progress is told of apply, of calls without wait, and of imap with a growing total") {
  in_pool(20s, [](troupe::pool& pool) {
    told one;
    pool.with({.on_progress = one.listener()}).apply(same, 1);
    CHECK(eventually(5s, [&] { return one.last().done == 1 && one.last().total == 1; }));
    told many;
    auto call = pool.with({.on_progress = many.listener()}).map_async(same, std::vector<int>(100));
    call.get(5s);
    CHECK(eventually(5s, [&] { return many.last().done == 100; }));
    told stream;
    int count = 0;
    for ([[maybe_unused]] int v :
         pool.with({.window = 10, .on_progress = stream.listener()}).imap(same, std::vector<int>(100)))
      ++count;
    CHECK(eventually(5s, [&] { return stream.last().done == 100 && stream.last().total == 100; }));
  });
}

TEST_CASE("progress of an imap is told before its end is seen, and nothing after it has gone") {
  in_pool(30s, [](troupe::pool& pool) {
    for (int round = 0; round < 100; ++round) {
      for (const std::size_t taken : {10, 5, 1}) {
        told stream;
        std::size_t count = 0;
        {
          auto range = pool.with({.on_progress = stream.listener()}).imap(same, std::vector<int>(10));
          while (count < taken && range.next(10s))
            ++count;
          if (taken == 10) {
            CHECK_FALSE(range.next(10s));
            CHECK(stream.last().done == 10);
            CHECK(stream.last().total == 10);
          }
        }
        const auto calls = stream.count();
        std::this_thread::yield();
        CHECK(stream.count() == calls);
      }
    }
  });
}

TEST_CASE("join waits for the last word to a progress function, unless called by one") {
  in_pool(30s, [](troupe::pool& pool) {
    std::atomic<bool> told_all{false};
    std::promise<void> go_on;
    auto call = pool.with({.on_progress =
                               [&, may = go_on.get_future().share()](const troupe::progress& p) {
                                 may.wait();
                                 told_all = p.done == p.total;
                               }})
                    .map_async(same, std::vector<int>(3));
    pool.close();
    CHECK_FALSE(pool.join(50ms));
    go_on.set_value();
    pool.join();
    CHECK(told_all);
    CHECK(call.ready());
  });
  in_pool(30s, [](troupe::pool& pool) {
    std::promise<bool> joined;
    auto call = pool.with({.on_progress =
                               [&](const troupe::progress& p) {
                                 if (p.done != p.total)
                                   return;
                                 pool.close();
                                 joined.set_value(pool.join(10s));
                               }})
                    .map_async(same, std::vector<int>(3));
    CHECK(joined.get_future().get());
    call.get();
  });
}

TEST_CASE("a slow progress function holds up no other call") {
  in_pool(30s, [](troupe::pool& pool) {
    std::promise<void> go_on;
    const auto slow = [may = go_on.get_future().share()](const troupe::progress&) { may.wait(); };
    auto watched = pool.with({.chunk = 1, .on_progress = slow}).map_async(same, std::vector<int>(50));
    for (int i = 0; i < 200; ++i)
      CHECK(pool.apply_async(same, i).get(5s) == i);
    CHECK(pool.workers().size() == 2);
    go_on.set_value();
    watched.get();
  });
}

TEST_CASE("results that cannot be loaded count as failures") {
  in_pool(30s, [](troupe::pool& pool) {
    told stream;
    const auto watched = pool.with({.on_progress = stream.listener()});
    const auto all = watched.map_settled(unloadable_if_odd, {0, 1, 2, 3, 4});
    CHECK(std::count_if(all.begin(), all.end(), [](const auto& o) { return !o.has_value(); }) == 2);
    CHECK(stream.last().failed == 2);
    CHECK(stream.last().done == 5);
  });
}

TEST_CASE("an imap waits for its slow progress function only as long as asked for") {
  in_pool(30s, [](troupe::pool& pool) {
    std::promise<void> go_on;
    const auto slow = [may = go_on.get_future().share()](const troupe::progress&) { may.wait(); };
    auto range = pool.with({.on_progress = slow}).imap(same, std::vector<int>(1));
    CHECK(range.next(10s) == 0);
    CHECK_THROWS_AS(range.next(10ms), troupe::timeout_error);
    go_on.set_value();
    CHECK_FALSE(range.next(10s));
  });
}

TEST_CASE(
    "a call that a terminated pool gives up has ended when nothing calls its progress function any more") {
  in_pool(30s, [](troupe::pool& pool) {
    std::promise<void> entered, go_on;
    std::atomic<bool> gone = false, called_late = false;
    const auto slow = [&, first = true, may = go_on.get_future().share()](const troupe::progress&) mutable {
      called_late = called_late || gone;
      if (std::exchange(first, false))
        entered.set_value();
      may.wait();
    };
    auto call = pool.with({.chunk = 1, .on_progress = slow}).map_async(never_if_odd, std::vector{0, 1});
    entered.get_future().wait();
    auto terminating = std::async(std::launch::async, [&] { pool.terminate(); });
    terminating.wait_for(1s); // returns at once, or after the function
    CHECK_FALSE(call.ready());
    go_on.set_value();
    CHECK_THROWS_AS(call.get(10s), troupe::stopped);
    gone = true;
    terminating.get();
    std::this_thread::yield();
    CHECK_FALSE(called_late);
  });
}

TEST_CASE("an item that throws is run again as often as asked for") {
  in_pool(20s, [](troupe::pool& pool) {
    tally t;
    CHECK(pool.with({.retries = 2}).apply(throw_below, 3, t.path(0)) == 3);
    CHECK(t.count(0) == 3);
    CHECK_THROWS_WITH(pool.with({.retries = 1}).apply(throw_below, 3, t.path(1)), "attempt 2");
    CHECK(t.count(1) == 2);
    CHECK_THROWS_WITH(pool.apply(throw_below, 3, t.path(2)), "attempt 1");
    std::vector<std::string> paths;
    for (int i = 10; i < 40; ++i)
      paths.push_back(t.path(i));
    for (std::size_t chunk : {1, 7, 100})
      CHECK(pool.with({.retries = 2, .chunk = chunk})
                .map(troupe::bind_front(throw_below, chunk == 1 ? 3 : 1), paths)
                .size() == 30);
  });
}

TEST_CASE("retries are told as progress only when they are over") {
  in_pool(20s, [](troupe::pool& pool) {
    tally t;
    told told_;
    pool.with({.retries = 2, .on_progress = told_.listener()}).apply(throw_below, 3, t.path(0));
    CHECK(eventually(5s, [&] { return told_.last().done == 1; }));
    CHECK(told_.last().failed == 0);
  });
}

TEST_CASE("an item whose worker dies is run again as often as asked for, and the others once") {
  in_pool(30s, [](troupe::pool& pool) {
    tally t;
    CHECK(pool.with({.crash_retries = 2}).apply(die_below, 3, t.path(0)) == 3);
    try {
      pool.with({.crash_retries = 1}).apply(die_below, 9, t.path(1));
      FAIL("nothing was thrown");
    } catch (const troupe::worker_lost& e) {
      CHECK(e.attempts() == 2);
      CHECK(e.signal() == SIGKILL);
      CHECK(e.task_index() == 0);
    }
    CHECK(t.count(1) == 2);
    std::vector<std::string> paths;
    for (int i = 10; i < 30; ++i)
      paths.push_back(t.path(i));
    for (int i = 10; i < 30; i += 2)
      tally::note(paths[static_cast<std::size_t>(i - 10)]);
    const auto begun =
        pool.with({.crash_retries = 3, .chunk = 5}).map(troupe::bind_front(die_below, 2), paths);
    CHECK(begun == std::vector<std::size_t>(20, 2));
  });
}

TEST_CASE("a chunk may be as large as the call") {
  in_pool(20s, [](troupe::pool& pool) {
    const auto all = pool.with({.chunk = std::numeric_limits<std::size_t>::max()});
    CHECK(all.map(same, {1, 2, 3}) == std::vector<int>{1, 2, 3});
    CHECK(all.map(same, {4}) == std::vector<int>{4});
  });
}
