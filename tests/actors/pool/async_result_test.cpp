// SPDX-License-Identifier: BSD-3-Clause
#include "support/gate.hpp"
#include "support/in_runtime.hpp"

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace test_support;

namespace {

using clock_type = std::chrono::steady_clock;

int same(int x) { return x; }
int after_ms(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds{ms}); // sleep: a task that takes its time
  return ms;
}
int throwing(int) { throw std::out_of_range{"thrown"}; }
std::string text(int n) { return std::string(static_cast<std::size_t>(n), 'x'); }

struct box_list {
  std::vector<std::unique_ptr<int>> boxes;
};
box_list boxed(int x) {
  box_list all;
  all.boxes.push_back(std::make_unique<int>(x));
  return all;
}

} // namespace

TEST_CASE("a result can be got several times, and from copies of the handle") {
  in_pool(20s, [](troupe::pool& pool) {
    auto call = pool.apply_async(text, 3);
    auto copy = call;
    CHECK(call.get() == "xxx");
    CHECK(call.get(0ms) == "xxx");
    CHECK(copy.get() == "xxx");
    CHECK(call.ready());
    CHECK(call.successful());
    auto failed = pool.apply_async(throwing, 1);
    CHECK_THROWS_AS(failed.get(), std::out_of_range);
    CHECK_THROWS_AS(failed.get(5s), std::out_of_range);
    CHECK_FALSE(failed.successful());
  });
}

TEST_CASE("timeouts hold while the task runs, and the call goes on") {
  in_pool(20s, [](troupe::pool& pool) {
    gate gate;
    auto call = pool.apply_async(gate.first_held(), 0);
    CHECK_FALSE(call.ready());
    CHECK_FALSE(call.wait(0ms));
    CHECK_FALSE(call.wait(20ms));
    CHECK_THROWS_AS(call.get(20ms), troupe::timeout_error);
    CHECK_THROWS_AS(call.get(-1s), troupe::timeout_error);
    CHECK_THROWS_AS(call.successful(), troupe::usage_error);
    gate.open();
    CHECK(call.wait(std::chrono::hours{24 * 365 * 1000}));
    CHECK(call.get() == 0);
  });
}

TEST_CASE("a wait is over soon after its deadline and soon after the result") {
  in_pool(30s, [](troupe::pool& pool) {
    auto endless = pool.apply_async(after_ms, 60'000);
    for (int i = 0; i < 20; ++i) {
      const auto began = clock_type::now();
      CHECK_FALSE(endless.wait(5ms));
      CHECK(clock_type::now() - began >= 5ms);
      CHECK(clock_type::now() - began < 10s * slowness);
    }
  });
}

TEST_CASE("many calls may be under way at once") {
  in_pool(30s, [](troupe::pool& pool) {
    std::vector<troupe::async_result<int>> calls;
    for (int i = 0; i < 5000; ++i)
      calls.push_back(pool.apply_async(same, i));
    bool right = true;
    for (int i = 4999; i >= 0; --i)
      right = right && calls[static_cast<std::size_t>(i)].get(10s) == i;
    CHECK(right);
  });
}

TEST_CASE("a handle that is dropped does not stop its call or the pool") {
  in_pool(20s, [](troupe::pool& pool) {
    for (int i = 0; i < 1000; ++i)
      static_cast<void>(pool.apply_async(same, i));
    CHECK(pool.apply(same, 1) == 1);
    pool.close();
    CHECK(pool.join(10s));
  });
}

TEST_CASE("map_async keeps its own copy of the items") {
  in_pool(20s, [](troupe::pool& pool) {
    std::optional<std::vector<int>> items{std::vector<int>(10'000, 1)};
    auto call = pool.with({.chunk = 10}).map_async(same, *items);
    items->assign(10'000, 2);
    items.reset();
    CHECK(call.get(10s) == std::vector<int>(10'000, 1));
  });
}

TEST_CASE("a struct that only claims to be copyable is given away once") {
  in_pool(20s, [](troupe::pool& pool) {
    auto call = pool.apply_async(boxed, 5);
    CHECK(*call.get(10s).boxes.at(0) == 5);
    CHECK_THROWS_AS(call.get(10s), troupe::usage_error);
  });
}

TEST_CASE("several threads may wait for one result") {
  in_pool(20s, [](troupe::pool& pool) {
    for (int round = 0; round < 20; ++round) {
      auto call = pool.apply_async(after_ms, 5);
      std::vector<int> got(6);
      {
        std::vector<std::jthread> threads;
        for (auto& g : got)
          threads.emplace_back([&g, call]() mutable { g = call.get(10s); });
      }
      CHECK(got == std::vector<int>(6, 5));
    }
  });
}
