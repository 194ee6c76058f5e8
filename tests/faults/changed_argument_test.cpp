// SPDX-License-Identifier: BSD-3-Clause
// Row 17: what is changed after a call does not change what was sent.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"

#include <numeric>
#include <string>
#include <vector>

using namespace test_support;

namespace {

std::size_t length(const std::string& s) { return s.size(); }
long sum(const std::vector<int>& v) { return std::accumulate(v.begin(), v.end(), 0L); }
int scaled(int factor, int x) { return factor * x; }

} // namespace

TEST_CASE("arguments changed after the call arrive as they were at the time of the call") {
  repeat(20, [](random_source& random) {
    in_pool(30s, [&](troupe::pool& pool) {
      std::string text(static_cast<std::size_t>(random_below(random, 100'000)), 'x');
      std::vector<int> numbers(static_cast<std::size_t>(random_below(random, 100'000)), 1);
      const auto text_size = text.size();
      const auto count = static_cast<long>(numbers.size());
      auto length_of_text = pool.apply_async(length, text);
      auto sum_of_numbers = pool.apply_async(sum, numbers);
      auto many = pool.with({.chunk = 1}).map_async(sum, std::vector(20, numbers));
      auto lengths = pool.map_async(length, {text, text});
      text.clear();
      numbers.assign(numbers.size(), 7);
      CHECK(length_of_text.get(10s) == text_size);
      CHECK(sum_of_numbers.get(10s) == count);
      CHECK(many.get(10s) == std::vector<long>(20, count));
      CHECK(lengths.get(10s) == std::vector(2, text_size));
    });
  });
}

TEST_CASE("bound values and items read by imap are copies too") {
  in_pool(30s, [](troupe::pool& pool) {
    int factor = 2;
    auto call =
        pool.with({.chunk = 1}).map_async(troupe::bind_front(scaled, factor), std::vector<int>(100, 1));
    factor = 3;
    CHECK(call.get(10s) == std::vector<int>(100, 2));
    std::vector<int> items(10, 1);
    auto results = pool.imap(troupe::bind_front(scaled, 1), items); // all are read: the window is larger
    items.assign(10, 5);
    for (int v : results)
      CHECK(v == 1);
  });
}
