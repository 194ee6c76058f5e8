// SPDX-License-Identifier: BSD-3-Clause
// What may be given to map, starmap and imap as a range.
#include "support/in_runtime.hpp"

#include <array>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <ranges>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

using namespace test_support;

namespace {

struct point {
  int x = 0;
  double y = 0;
  bool operator==(const point&) const = default;
};

int square(int x) { return x * x; }
point mirrored(point p) { return {-p.x, -p.y}; }
std::string doubled(const std::string& s) { return s + s; }
int add(int a, int b) { return a + b; }
std::string repeated(const std::string& s, int times) {
  std::string all;
  for (int i = 0; i < times; ++i)
    all += s;
  return all;
}
int pointed_at(std::unique_ptr<int> p) { return *p; }
int negated(bool b) { return !b; }
int sum_of(std::tuple<int, int> pair) { return std::get<0>(pair) + std::get<1>(pair); }

const std::vector<int> squares{1, 4, 9};

} // namespace

TEST_CASE("map takes containers of all kinds") {
  in_pool(20s, [](troupe::pool& pool) {
    const std::vector<int> constant{1, 2, 3};
    CHECK(pool.map(square, std::vector{1, 2, 3}) == squares);
    CHECK(pool.map(square, constant) == squares);
    CHECK(pool.map(square, std::list{1, 2, 3}) == squares);
    CHECK(pool.map(square, std::set{1, 2, 3}) == squares);
    CHECK(pool.map(square, std::deque{1, 2, 3}) == squares);
    CHECK(pool.map(square, std::array{1, 2, 3}) == squares);
    CHECK(pool.map(square, {1, 2, 3}) == squares);
    const int plain[] = {1, 2, 3};
    CHECK(pool.map(square, plain) == squares);
  });
}

TEST_CASE("map takes views") {
  in_pool(20s, [](troupe::pool& pool) {
    CHECK(pool.map(square, std::views::iota(1, 4)) == squares);
    CHECK(pool.map(square, std::views::iota(1) | std::views::take(3)) == squares);
    const std::vector<int> numbers{1, 2, 3, 4, 5, 6};
    auto odd = numbers | std::views::filter([](int n) { return n % 2 == 1; });
    CHECK(pool.map(square, odd) == std::vector{1, 9, 25});
    auto halves = numbers | std::views::transform([](int n) { return n / 2; });
    CHECK(pool.map(square, halves) == std::vector{0, 1, 1, 4, 4, 9});
    CHECK(pool.map(square, std::span{numbers}.first(3)) == squares);
  });
}

TEST_CASE("map takes ranges that can be passed only once") {
  in_pool(20s, [](troupe::pool& pool) {
    std::istringstream text{"1 2 3"};
    CHECK(pool.map(square, std::ranges::istream_view<int>(text)) == squares);
    std::istringstream again{"1 2 3"};
    std::vector<int> seen;
    for (int v : pool.imap(square, std::ranges::istream_view<int>(again)))
      seen.push_back(v);
    CHECK(seen == squares);
  });
}

TEST_CASE("a range may be empty or hold one item") {
  in_pool(20s, [](troupe::pool& pool) {
    const std::vector<int> empty;
    CHECK(pool.map(square, empty).empty());
    CHECK(pool.map(square, std::list<int>{}).empty());
    CHECK(pool.map_settled(square, empty).empty());
    CHECK(pool.map_async(square, empty).get(5s).empty());
    CHECK_FALSE(pool.imap(square, empty).next());
    CHECK_FALSE(pool.imap_unordered(square, empty).next());
    CHECK_FALSE(pool.imap_unordered_settled(square, empty).next());
    CHECK(pool.starmap(add, std::vector<std::tuple<int, int>>{}).empty());
    CHECK(pool.map(square, {7}) == std::vector{49});
    CHECK(pool.imap(square, {7}).next() == 49);
  });
}

TEST_CASE("items may be strings, structs, pairs, flags and maps") {
  in_pool(20s, [](troupe::pool& pool) {
    const std::vector<std::string> words{"a", "", "long enough to live on the heap"};
    CHECK(pool.map(doubled, words).back() == words.back() + words.back());
    CHECK(pool.map(mirrored, std::vector<point>{{1, 2}, {3, 4}}) == std::vector<point>{{-1, -2}, {-3, -4}});
    CHECK(pool.map(negated, std::vector<bool>{true, false}) == std::vector{0, 1});
    CHECK(pool.map(sum_of, std::vector<std::tuple<int, int>>{{1, 2}, {3, 4}}) == std::vector{3, 7});
    const std::map<int, int> pairs{{1, 2}, {3, 4}};
    CHECK(pool.starmap(add, pairs) == std::vector{3, 7});
  });
}

TEST_CASE("items may be movable only, where they are read in place") {
  in_pool(20s, [](troupe::pool& pool) {
    std::vector<std::unique_ptr<int>> items;
    for (int i = 0; i < 5; ++i)
      items.push_back(std::make_unique<int>(i));
    CHECK(pool.map(pointed_at, items) == std::vector{0, 1, 2, 3, 4});
    REQUIRE(items.back());
    CHECK(pool.map_async(pointed_at, std::move(items)).get(5s) == std::vector{0, 1, 2, 3, 4});
    auto made =
        std::views::iota(0, 5) | std::views::transform([](int i) { return std::make_unique<int>(i); });
    int expected = 0;
    for (int v : pool.imap(pointed_at, made))
      CHECK(v == expected++);
    CHECK(expected == 5);
  });
}

TEST_CASE("starmap spreads tuples, pairs and arrays over the arguments") {
  in_pool(20s, [](troupe::pool& pool) {
    const std::vector<std::tuple<std::string, int>> tuples{{"ab", 2}, {"c", 3}};
    CHECK(pool.starmap(repeated, tuples) == std::vector<std::string>{"abab", "ccc"});
    CHECK(pool.starmap_async(repeated, tuples).get(5s) == std::vector<std::string>{"abab", "ccc"});
    CHECK(pool.starmap(add, std::vector<std::pair<int, int>>{{1, 2}}) == std::vector{3});
    CHECK(pool.starmap(add, {std::tuple{1, 2}, std::tuple{3, 4}}) == std::vector{3, 7});
    CHECK(pool.starmap(add, std::vector<std::array<int, 2>>{{1, 2}}) == std::vector{3});
    CHECK(pool.starmap(add, std::list<std::pair<int, int>>{{1, 2}, {3, 4}}) == std::vector{3, 7});
    CHECK(pool.starmap(repeated, std::vector{std::tuple{"x", 2}}) == std::vector<std::string>{"xx"});
  });
}

TEST_CASE("starmap takes tuples of one element") {
  in_pool(20s, [](troupe::pool& pool) {
    const std::vector<std::tuple<int>> items{1, 2, 3};
    CHECK(pool.starmap(square, items) == squares);
    CHECK(pool.starmap_async(square, items).get(5s) == squares);
  });
}

TEST_CASE("a million integers come back in order from map and imap") {
  in_pool(60s, [](troupe::pool& pool) {
    std::vector<int> numbers(test_support::sanitized ? 100'000 : 1'000'000);
    std::iota(numbers.begin(), numbers.end(), 0);
    const auto same = [](int x) { return x; };
    CHECK(pool.map(same, numbers) == numbers);
    CHECK(pool.map_async(same, numbers).get(30s) == numbers);
    int expected = 0;
    bool in_order = true;
    for (int v : pool.imap(same, numbers))
      in_order = in_order && v == expected++;
    CHECK(in_order);
    CHECK(expected == static_cast<int>(numbers.size()));
  });
}

TEST_CASE("every chunk size gives every result in its place") {
  in_pool(60s, [](troupe::pool& pool) {
    const std::vector<int> numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17};
    const auto same = [](int x) { return x; };
    for (std::size_t chunk : {1, 2, 7, 16, 17, 18, 1'000'000}) {
      auto with = pool.with({.chunk = chunk});
      CHECK(with.map(same, numbers) == numbers);
      std::multiset<int> seen;
      for (int v : with.imap_unordered(same, numbers))
        seen.insert(v);
      CHECK(seen == std::multiset<int>(numbers.begin(), numbers.end()));
      std::vector<int> ordered;
      for (int v : with.imap(same, numbers))
        ordered.push_back(v);
      CHECK(ordered == numbers);
    }
  });
}
