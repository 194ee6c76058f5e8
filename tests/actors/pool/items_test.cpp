// SPDX-License-Identifier: BSD-3-Clause
// How items get from what the caller gave to the function: braced lists, elements that cannot be copied, and what
// stays the caller's.
#include "support/in_runtime.hpp"

#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <ranges>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using namespace test_support;

namespace {

struct point {
  int x = 0;
  int y = 0;
};

/// A range as people wrote it before there were views.
template <class Iterator>
struct iterator_pair {
  Iterator first;
  Iterator last;
  Iterator begin() const { return first; }
  Iterator end() const { return last; }
};
template <class Iterator>
iterator_pair(Iterator, Iterator) -> iterator_pair<Iterator>;

/// Saving a negative one throws.
struct fussy {
  std::unique_ptr<int> value;
  template <class Archive>
  void save(Archive& archive) const {
    if (*value < 0)
      throw std::domain_error{"negative"};
    archive(*value);
  }
  template <class Archive>
  void load(Archive& archive) {
    value = std::make_unique<int>();
    archive(*value);
  }
};

/// Three cannot be converted to it, nor a copy be made of four.
struct choosy {
  choosy() = default;
  choosy(int n) : value{n} { // NOLINT: it converts
    if (n == 3)
      throw std::domain_error{"three"};
  }
  choosy(const choosy& other) : value{other.value} {
    if (value == 4)
      throw std::length_error{"four"};
  }
  choosy(choosy&&) = default;
  choosy& operator=(choosy&&) = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(value);
  }
  int value = 0;
};

int chosen(const choosy& c) { return c.value; }
int sum_of_chosen(const choosy& a, const choosy& b) { return a.value + b.value; }
int square(int x) { return x * x; }
double half(double x) { return x / 2; }
int add(int a, int b) { return a + b; }
int sum(const std::vector<int>& v) { return std::accumulate(v.begin(), v.end(), 0); }
int length(const std::string& s) { return static_cast<int>(s.size()); }
int sum_of(point p) { return p.x + p.y; }
int pointed_at(const std::unique_ptr<int>& p) { return *p; }
int value_of(const fussy& f) { return *f.value; }
int second(const std::pair<const std::string, int>& entry) { return entry.second; }
void odd_only(int x) {
  if (x % 2 == 0)
    throw std::domain_error{"even"};
}

template <class Container>
Container pointers_to(int count) {
  Container all;
  for (int i = 0; i < count; ++i)
    all.push_back(std::make_unique<int>(i));
  return all;
}

template <class Stream>
std::vector<int> all_of(Stream&& stream) {
  std::vector<int> all;
  while (auto next = stream.next())
    all.push_back(*next);
  return all;
}

const std::vector<int> up_to_four{0, 1, 2, 3, 4};

} // namespace

TEST_CASE("a braced list may be empty, mixed, nested, or of what the function takes") {
  in_pool(20s, [](troupe::pool& pool) {
    CHECK(pool.map(square, {}).empty());
    CHECK(pool.map(square, {1, 2, 3}) == std::vector{1, 4, 9});
    CHECK(pool.map([](auto x) { return x + 1; }, {1, 2}) == std::vector{2, 3});
    CHECK(pool.map(length, {"a", std::string{"bc"}}) == std::vector{1, 2});
    CHECK(pool.map(sum_of, {{1, 2}, {3, 4}}) == std::vector{3, 7});
    CHECK(pool.map_async(sum, {{1, 2}, {3, 4, 5}}).get(5s) == std::vector{3, 12});
    const int one = 1;
    CHECK(pool.map(half, {one, 2 * one}) == std::vector{0.5, 1.0});
    CHECK(pool.starmap(add, {{1, 2}, {3, 4}}) == std::vector{3, 7});
    CHECK(pool.starmap(add, {std::tuple{1, 2}, std::tuple{3, 4}}) == std::vector{3, 7});
    CHECK(all_of(pool.imap(sum_of, {{1, 2}, {3, 4}})) == std::vector{3, 7});
    CHECK(pool.map(pointed_at, {std::make_unique<int>(1), std::make_unique<int>(2)}) == std::vector{1, 2});
    const auto negated = [](auto b) { return !b; };
    CHECK(pool.map(negated, {true, false}) == std::vector{false, true});
    CHECK(pool.map_async(negated, {true, false}).get(5s) == std::vector{false, true});
  });
}

TEST_CASE("elements that can only be moved are sent from where they are, and stay there") {
  in_pool(20s, [](troupe::pool& pool) {
    auto in_vector = pointers_to<std::vector<std::unique_ptr<int>>>(5);
    auto in_list = pointers_to<std::list<std::unique_ptr<int>>>(5);
    CHECK(pool.map(pointed_at, in_vector) == up_to_four);
    CHECK(pool.map_async(pointed_at, in_vector).get(5s) == up_to_four);
    CHECK(pool.map(pointed_at, in_list) == up_to_four);
    CHECK(pool.map_settled(pointed_at, in_list).size() == 5);
    CHECK(all_of(pool.with({.chunk = 2}).imap(pointed_at, in_vector)) == up_to_four);
    CHECK(all_of(pool.imap(pointed_at, in_list)) == up_to_four);
    CHECK(*in_vector.back() == 4);
    CHECK(*in_list.back() == 4);
    CHECK(all_of(pool.imap(pointed_at, std::move(in_vector))) == up_to_four);
    std::set<std::unique_ptr<int>> in_set;
    in_set.insert(std::make_unique<int>(7));
    CHECK(pool.map(pointed_at, std::move(in_set)) == std::vector{7});
  });
}

TEST_CASE("an element that can neither be copied nor saved is its own item's failure") {
  in_pool(20s, [](troupe::pool& pool) {
    std::vector<fussy> items(4);
    for (int i = 0; i < 4; ++i)
      items[static_cast<std::size_t>(i)].value = std::make_unique<int>(i == 2 ? -1 : i);
    auto stream = pool.with({.chunk = 4}).imap(value_of, items);
    CHECK(stream.next() == 0);
    CHECK(stream.next() == 1);
    CHECK_THROWS_AS(stream.next(), std::domain_error);
    CHECK(stream.next() == 3);
    CHECK_FALSE(stream.next());
    CHECK_THROWS_AS(pool.map_async(value_of, items).get(5s), std::domain_error);
  });
}

TEST_CASE("an item that cannot be converted or copied is its own failure, wherever it comes from") {
  in_pool(20s, [](troupe::pool& pool) {
    const auto settled = [](const auto& outcomes) {
      std::string all;
      for (const auto& o : outcomes)
        all += o.has_value() ? std::to_string(o.value()) + ' ' : o.error().what() + ' ';
      return all;
    };
    const std::vector<int> numbers{1, 2, 3, 4};
    const std::string converted = "1 2 three 4 ";
    CHECK(settled(pool.map_settled(chosen, numbers)) == converted);
    CHECK(settled(pool.map_settled(chosen, std::list<int>{1, 2, 3, 4})) == converted);
    CHECK(settled(pool.map_settled(chosen, numbers | std::views::filter([](int) { return true; }))) ==
          converted);
    CHECK(settled(pool.map_settled_async(chosen, numbers).get(10s)) == converted);
    std::vector<choosy> choosies(4);
    for (int i = 0; i < 4; ++i)
      choosies[static_cast<std::size_t>(i)].value = i + 1;
    CHECK(settled(pool.map_settled_async(chosen, choosies).get(10s)) == "1 2 3 four ");
    const std::list<std::pair<int, int>> pairs{{1, 1}, {3, 1}, {2, 2}};
    CHECK_THROWS_AS(pool.starmap(sum_of_chosen, pairs), std::domain_error);

    auto in_order = pool.imap(chosen, numbers);
    CHECK(in_order.next() == 1);
    CHECK(in_order.next() == 2);
    CHECK_THROWS_AS(in_order.next(), std::domain_error);
    CHECK(in_order.next() == 4);
    CHECK_FALSE(in_order.next());
    std::map<std::size_t, std::string> by_index;
    for (auto& [index, outcome] : pool.imap_unordered_settled(chosen, choosies))
      by_index[index] = outcome.has_value() ? std::to_string(outcome.value()) : outcome.error().what();
    CHECK(by_index == std::map<std::size_t, std::string>{{0, "1"}, {1, "2"}, {2, "3"}, {3, "four"}});
  });
}

TEST_CASE("an item whose reading throws is its own item's failure, also among plain numbers") {
  in_pool(20s, [](troupe::pool& pool) {
    const auto numbers = std::views::iota(0, 5000) | std::views::transform([](int i) {
                           if (i % 1700 == 1699)
                             throw std::domain_error{"unreadable"};
                           return i;
                         });
    for (std::size_t chunk : {0, 1, 7, 5000}) {
      const auto outcomes = pool.with({.chunk = chunk}).map_settled(square, numbers);
      int wrong = 0;
      for (int i = 0; i < 5000; ++i) {
        const auto& o = outcomes[static_cast<std::size_t>(i)];
        wrong += i % 1700 == 1699 ? o.has_value() : !o || o.value() != i * i;
      }
      CHECK(wrong == 0);
    }
  });
}

TEST_CASE("the elements of a range may come from the same pool") {
  in_pool(20s, [](troupe::pool& pool) {
    const auto squares =
        std::views::iota(1, 5) | std::views::transform([&pool](int i) { return pool.apply(square, i); });
    const auto pairs = squares | std::views::transform([](int i) { return std::tuple{i, 1}; });
    const std::vector<int> twice_squared{1, 16, 81, 256};
    CHECK(pool.map(square, squares) == twice_squared);
    CHECK(pool.map_settled(square, squares).at(3).value() == 256);
    CHECK(pool.starmap(add, pairs) == std::vector{2, 5, 10, 17});
    CHECK(pool.map_async(square, squares).get(5s) == twice_squared);
    CHECK(all_of(pool.imap(square, squares)) == twice_squared);
    CHECK(pool.map(square, pool.imap(square, {1, 2, 3, 4})) == twice_squared);
  });
}

TEST_CASE("elements of a map are taken as the map has them") {
  in_pool(20s, [](troupe::pool& pool) {
    const std::map<std::string, int> map{{"a", 1}, {"b", 2}};
    CHECK(pool.map(second, map) == std::vector{1, 2});
    CHECK(pool.map([](const auto& entry) { return entry.second; }, map) == std::vector{1, 2});
    CHECK(all_of(pool.imap(second, map)) == std::vector{1, 2});
  });
}

TEST_CASE("a view's elements are copied, not moved out of what it looks at") {
  in_pool(20s, [](troupe::pool& pool) {
    std::vector<std::string> words{"a long word, which would be moved, not copied", "b"};
    const auto before = words;
    const auto lengths = std::vector{length(words[0]), length(words[1])};
    const auto any = [](const std::string&) { return true; };
    CHECK(pool.map(length, words | std::views::filter(any)) == lengths);
    CHECK(pool.map_async(length, words | std::views::take(2)).get(5s) == lengths);
    CHECK(pool.map_async(length, std::ranges::subrange(words.begin(), words.end())).get(5s) == lengths);
    CHECK(all_of(pool.imap(length, words | std::views::filter(any))) == lengths);
    CHECK(pool.map_async(length, iterator_pair{words.begin(), words.end()}).get(5s) == lengths);
    std::list<std::string> more(words.begin(), words.end());
    CHECK(pool.map(length, iterator_pair{more.begin(), more.end()}) == lengths);
    CHECK(words == before);
    CHECK(more.front() == words.front());
  });
}

TEST_CASE("functions without a result have outcomes, too") {
  in_pool(20s, [](troupe::pool& pool) {
    const auto outcomes = pool.map_settled(odd_only, {1, 2, 3});
    REQUIRE(outcomes.size() == 3);
    CHECK(outcomes[0].has_value());
    CHECK_FALSE(outcomes[1].has_value());
    CHECK_NOTHROW(outcomes[2].value());
    auto stream = pool.imap(odd_only, {1, 2, 3});
    CHECK(stream.next());
    CHECK_THROWS_AS(stream.next(), std::domain_error);
    CHECK(stream.next());
    CHECK_FALSE(stream.next());
  });
}
