// SPDX-License-Identifier: BSD-3-Clause
// Code of the user that runs while a pool loads, saves or converts: the pool waits for it, so it cannot wait for the pool.
#include "support/in_runtime.hpp"

#include <unistd.h>

#include <functional>
#include <ranges>
#include <vector>

using namespace test_support;

namespace {

int square(int x) { return x * x; }

troupe::pool* the_pool = nullptr;
pid_t program = 0;

int by_the_pool(int x) { return ::getpid() == program ? the_pool->apply(square, x) : x; }

struct asks_when_saved {
  int value = 0;
  template <class Archive>
  void save(Archive& archive) const {
    archive(by_the_pool(value));
  }
  template <class Archive>
  void load(Archive& archive) {
    archive(value);
  }
};
int value_of(const asks_when_saved& x) { return x.value; }

struct asks_when_loaded {
  int value = 0;
  template <class Archive>
  void save(Archive& archive) const {
    archive(value);
  }
  template <class Archive>
  void load(Archive& archive) {
    archive(value);
    value = by_the_pool(value);
  }
};
asks_when_loaded with_value(int value) { return {value}; }

struct plain {
  int value = 0;
};
struct asks_when_converted {
  int value = 0;
  operator plain() const { return {by_the_pool(value)}; } // NOLINT(google-explicit-constructor)
};
int value_of_plain(plain x) { return x.value; }

void in_the_pool(const std::function<void(troupe::pool&)>& body) {
  in_pool(30s, [&](troupe::pool& pool) {
    program = ::getpid();
    the_pool = &pool;
    body(pool);
    CHECK(pool.apply(square, 5) == 25); // it goes on
  });
}

/// A failure that names the remedy, of the call it belongs to alone.
#define CHECK_REFUSED(call) CHECK_THROWS_WITH(call, Catch::Contains("call the pool before or after"))

} // namespace

TEST_CASE("a function that saves an argument cannot wait for the pool it goes to") {
  in_the_pool([](troupe::pool& pool) {
    const std::vector<asks_when_saved> three{{1}, {2}, {3}};
    CHECK_REFUSED(pool.apply(value_of, asks_when_saved{3}));
    CHECK_REFUSED(pool.map(value_of, three));
    CHECK_REFUSED(pool.map_async(value_of, three).get(10s));
    CHECK_REFUSED(pool.imap(value_of, three).next());
    for (const auto& outcome : pool.map_settled(value_of, three))
      CHECK_THROWS_AS(outcome.value(), troupe::usage_error);
  });
}

TEST_CASE("a function that loads a result cannot wait for the pool it comes from") {
  in_the_pool([](troupe::pool& pool) {
    CHECK_REFUSED(pool.apply(with_value, 3));
    CHECK_REFUSED(pool.map(with_value, {1, 2, 3}));
    CHECK_REFUSED(pool.apply_async(with_value, 3).get(10s));
  });
}

TEST_CASE("a conversion of an argument cannot wait for the pool it goes to") {
  in_the_pool([](troupe::pool& pool) {
    const std::vector<asks_when_converted> three{{1}, {2}, {3}};
    CHECK_REFUSED(pool.map(value_of_plain, three));
    CHECK_REFUSED(pool.apply(value_of_plain, asks_when_converted{3}));
  });
}

TEST_CASE("it may wait for another pool") {
  in_runtime(30s, [](troupe::runtime& rt) {
    program = ::getpid();
    troupe::pool one{rt, {.processes = 2}};
    troupe::pool other{rt, {.processes = 1}};
    the_pool = &other;
    CHECK(one.map(value_of, std::vector<asks_when_saved>{{2}, {3}}) == std::vector{4, 9});
    CHECK(one.apply(with_value, 3).value == 9);
  });
}

TEST_CASE("a view that looks its elements up may ask the pool for them") {
  in_the_pool([](troupe::pool& pool) {
    std::vector<int> known(4);
    const auto look_up = [&](int i) -> int& {
      auto& place = known[static_cast<std::size_t>(i)];
      place = pool.apply(square, i);
      return place;
    };
    const auto squares = std::views::iota(0, 4) | std::views::transform(look_up);
    CHECK(pool.map(square, squares) == std::vector{0, 1, 16, 81});
    CHECK(pool.map(square, known | std::views::reverse) == std::vector{81, 16, 1, 0});
  });
}
