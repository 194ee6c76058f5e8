// SPDX-License-Identifier: BSD-3-Clause
// Handlers of actors that wait for a pool, which may need other actors of their process.
#include "support/in_runtime.hpp"

#include <atomic>
#include <chrono>
#include <deque>
#include <vector>

using namespace test_support;

namespace {

int square(int x) { return x * x; }

class clerk final : public troupe::actor {
 public:
  int number() const { return 7; }
};
int ask(const troupe::actor_ref<clerk>& of) { return of.ask<&clerk::number>().get(10s); }

troupe::pool* the_pool = nullptr;
std::atomic<std::size_t> told{0};

class boss final : public troupe::actor {
 public:
  std::vector<int> work() {
    const auto watched = the_pool->with({.on_progress = [](const troupe::progress& p) { told = p.done; }});
    return watched.map(square, {1, 2, 3});
  }
  int work_with(const troupe::actor_ref<clerk>& other) { return the_pool->apply(ask, other); }
  /// Gives tasks, and never waits for one. How many came back wrong.
  int give_tasks(std::chrono::milliseconds time) {
    constexpr std::size_t at_once = 64;
    std::deque<troupe::async_result<int>> given;
    int wrong = 0;
    for (const auto end = std::chrono::steady_clock::now() + time; std::chrono::steady_clock::now() < end;) {
      if (given.size() < at_once) {
        given.push_back(the_pool->apply_async(square, 3));
      } else if (given.front().ready()) {
        wrong += given.front().get(10s) != 9;
        given.pop_front();
      }
    }
    for (auto& task : given)
      wrong += task.get(10s) != 9;
    return wrong;
  }
};

} // namespace

TEST_CASE("a handler waits for a pool whose progress function and tasks need its process") {
  in_runtime(30s, [](troupe::runtime& rt) {
    troupe::pool pool{rt, {.processes = 2}};
    the_pool = &pool;
    const auto b = rt.spawn<boss>();
    const auto c = rt.spawn<clerk>();
    for (int i = 0; i < 20; ++i) {
      CHECK(b.ask<&boss::work>().get(10s) == std::vector<int>{1, 4, 9});
      CHECK(told == 3);
      CHECK(b.ask<&boss::work_with>(c).get(10s) == 7);
    }
  });
}

TEST_CASE("a progress function may wait for an actor of its process") {
  in_runtime(60s, [](troupe::runtime& rt) {
    troupe::pool pool{rt, {.processes = 2}};
    const auto c = rt.spawn<clerk>();
    std::atomic<int> answers{0};
    const auto watched = pool.with({.chunk = 1, .on_progress = [&](const troupe::progress&) {
                                      answers += c.ask<&clerk::number>().get(10s) == 7;
                                    }});
    std::vector<int> all(1000, 3);
    for (int i = 0; i < 10; ++i)
      CHECK(watched.map(square, all) == std::vector<int>(1000, 9));
    CHECK(answers >= 10);
  });
}

TEST_CASE("several handlers wait for a pool at once") {
  in_runtime(30s, [](troupe::runtime& rt) {
    troupe::pool pool{rt, {.processes = 2}};
    the_pool = &pool;
    const auto c = rt.spawn<clerk>();
    std::vector<troupe::reply<int>> replies;
    for (int i = 0; i < 8; ++i)
      replies.push_back(rt.spawn<boss>().ask<&boss::work_with>(c));
    for (auto& r : replies)
      CHECK(r.get(10s) == 7);
  });
}

// What tells the pool runs it at once, in the middle of the handler. The thread of one that computes for long is looked at
// meanwhile, and what it has queued is given to others.
TEST_CASE("handlers that compute for long give tasks to a pool") {
  in_runtime(60s, [](troupe::runtime& rt) {
    troupe::pool pool{rt, {.processes = 2}};
    the_pool = &pool;
    const auto c = rt.spawn<clerk>();
    for (int i = 0; i < 3; ++i) {
      std::vector<troupe::reply<int>> replies;
      for (int k = 0; k < 2; ++k)
        replies.push_back(rt.spawn<boss>().ask<&boss::give_tasks>(500ms));
      CHECK(c.ask<&clerk::number>().get(10s) == 7);
      for (auto& r : replies)
        CHECK(r.get(30s) == 0);
    }
  });
}
