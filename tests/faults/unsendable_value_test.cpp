// SPDX-License-Identifier: BSD-3-Clause
// Row 16: values whose saving or loading fails. The call fails before anything is sent; nobody else notices.
// (Types that cannot be sent at all are a compile error: tests/framework/codec/compile_fail.)
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"

#include <string>
#include <vector>

using namespace test_support;

namespace {

struct moody {
  int n = 0;
  template <class Archive>
  void save(Archive& archive) const {
    archive(std::string(static_cast<std::size_t>(n) * 1000, 'x'), n); // some of it is written, then …
    if (n % 5 == 3)
      throw std::domain_error{"cannot be saved"};
    if (n % 5 == 4)
      throw 4; // NOLINT: not even an exception class
  }
  template <class Archive>
  void load(Archive& archive) {
    std::string filler;
    archive(filler, n);
  }
};

int number(const moody& m) { return m.n; }
moody with_number(int n) { return {n}; }

void check(const std::vector<troupe::outcome<int>>& settled) {
  for (std::size_t i = 0; i < settled.size(); ++i) {
    if (i % 5 < 3)
      CHECK(settled[i].value() == static_cast<int>(i));
    else
      CHECK_FALSE(settled[i].has_value());
  }
}

} // namespace

TEST_CASE("arguments that cannot be saved fail in the caller and nowhere else") {
  repeat(10, [](random_source& random) {
    in_pool(30s, [&](troupe::pool& pool) {
      std::vector<moody> items;
      for (int i = 0; i < 60; ++i)
        items.push_back({i});
      const auto chunk = static_cast<std::size_t>(random_below(random, 70));
      check(pool.with({.chunk = chunk}).map_settled(number, items));
      CHECK_THROWS_AS(pool.apply(number, moody{3}), std::domain_error);
      CHECK_THROWS(pool.apply(number, moody{4}));
      auto call = pool.apply_async(number, moody{8});
      CHECK_THROWS_AS(call.get(5s), std::domain_error);
      int right = 0;
      auto stream = pool.imap_unordered_settled(number, items);
      while (auto item = stream.next())
        right += item->outcome.has_value() == (item->index % 5 < 3);
      CHECK(right == 60);
      CHECK(pool.apply(number, moody{5}) == 5);
    });
  });
}

TEST_CASE("results that cannot be saved fail with the reason and nowhere else") {
  repeat(10, [](random_source& random) {
    in_pool(30s, [&](troupe::pool& pool) {
      const auto chunk = static_cast<std::size_t>(random_below(random, 70));
      std::vector<int> numbers;
      for (int i = 0; i < 60; ++i)
        numbers.push_back(i);
      const auto settled = pool.with({.chunk = chunk}).map_settled(with_number, numbers);
      for (std::size_t i = 0; i < settled.size(); ++i) {
        if (i % 5 < 3)
          CHECK(settled[i].value().n == static_cast<int>(i));
        else
          CHECK_FALSE(settled[i].has_value());
      }
      CHECK_THROWS_AS(pool.apply(with_number, 3), std::domain_error);
      CHECK_THROWS_AS(pool.apply(with_number, 4), troupe::task_error);
    });
  });
}

TEST_CASE("a callable whose bound value cannot be saved fails in the caller") {
  in_pool(30s, [](troupe::pool& pool) {
    const auto both = [](const moody& m, int x) { return m.n + x; };
    CHECK_THROWS_AS(pool.map(troupe::bind_front(both, moody{3}), {1, 2}), std::domain_error);
    CHECK_THROWS_AS(pool.imap(troupe::bind_front(both, moody{3}), {1, 2}), std::domain_error);
    CHECK(pool.map(troupe::bind_front(both, moody{5}), {1, 2}) == std::vector{6, 7});
  });
}
