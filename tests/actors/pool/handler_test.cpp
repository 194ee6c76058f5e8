// SPDX-License-Identifier: BSD-3-Clause
// Handlers of actors that wait for a pool, which may need other actors of their process.
#include "support/in_runtime.hpp"

#include <atomic>
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
