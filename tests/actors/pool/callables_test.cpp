// SPDX-License-Identifier: BSD-3-Clause
// What may be called, and how arguments become what it takes.
#include "support/in_runtime.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace test_support;

namespace {

double half(double x) { return x / 2; }
std::size_t length(const std::string& s) { return s.size(); }
std::size_t length_of_view(std::string_view s) { return s.size(); }
std::string joined(const std::string& a, const std::string& b) { return a + b; }
double scaled(double factor, double x) { return factor * x; }
int three(int a, int b, int c) { return 100 * a + 10 * b + c; }
int answer() { return 42; }
void nothing(int) {}
void throw_for_two(int x) {
  if (x == 2)
    throw std::out_of_range{"two"};
}
int taken(std::unique_ptr<int> p) { return *p + 1; }
int shared(const std::shared_ptr<int>& p) { return *p; }
int changed(std::vector<int>& v) {
  v.push_back(1);
  return static_cast<int>(v.size());
}
const std::string& name_in(const std::pair<const int, std::string>& entry) { return entry.second; }
const std::string& longer(const std::string& a, const std::string& b) { return a.size() < b.size() ? b : a; }

struct adder {
  int n = 0;
  int operator()(int x) const { return x + n; }
};

class labelled {
 public:
  labelled() = default;
  explicit labelled(std::string label) : label_{std::move(label)} {}
  template <class Archive>
  void serialize(Archive& archive) {
    archive(label_);
  }
  std::string operator()(const std::string& s) { return label_ + s; }

 private:
  std::string label_;
};

} // namespace

TEST_CASE("functions, lambdas, function objects, bind_front and by_value can be called") {
  in_pool(20s, [](troupe::pool& pool) {
    CHECK(pool.apply(answer) == 42);
    CHECK(pool.apply([](int x) { return x + 1; }, 1) == 2);
    CHECK(pool.map([](auto x) { return x * 2; }, {1, 2}) == std::vector{2, 4});
    CHECK(pool.map(adder{10}, {1, 2}) == std::vector{11, 12});
    CHECK(pool.map(labelled{"a "}, {"b", "c"}) == std::vector<std::string>{"a b", "a c"});
    CHECK(pool.map(troupe::bind_front(scaled, 2), {1.5}) == std::vector{3.0});
    CHECK(pool.map(troupe::bind_front(three, 1, 2), {3, 4}) == std::vector{123, 124});
    const int n = 5;
    CHECK(pool.map(troupe::by_value([n](int x) { return x * n; }), {1, 2}) == std::vector{5, 10});
  });
}

TEST_CASE("arguments are converted to the parameters' types before they travel") {
  in_pool(20s, [](troupe::pool& pool) {
    CHECK(pool.apply(length, "literal") == 7);
    CHECK(pool.apply(length_of_view, "literal") == 7);
    CHECK(pool.apply(length_of_view, std::string(3, 'x')) == 3);
    CHECK(pool.apply(half, 3) == 1.5);
    CHECK(pool.map(half, {1, 3}) == std::vector{0.5, 1.5});
    CHECK(pool.map(length, {"a", "bcd"}) == std::vector<std::size_t>{1, 3});
    CHECK(pool.apply(joined, "a", std::string{"b"}) == "ab");
    CHECK(pool.apply_async(joined, "a", "b").get(5s) == "ab");
    CHECK(pool.apply(troupe::bind_front(joined, "x"), "y") == "xy");
    std::vector<double> halves;
    for (double h : pool.imap(half, {1, 2}))
      halves.push_back(h);
    CHECK(halves == std::vector{0.5, 1.0});
  });
}

TEST_CASE("a function may take by value, by reference and by move, and return a reference") {
  in_pool(20s, [](troupe::pool& pool) {
    CHECK(pool.apply(taken, std::make_unique<int>(1)) == 2);
    CHECK(pool.apply(shared, std::make_unique<int>(1)) == 1); // converted on the way
    CHECK(pool.apply_async(shared, std::make_unique<int>(2)).get(10s) == 2);
    std::vector<int> mine{1, 2};
    CHECK(pool.apply(changed, mine) == 3);
    CHECK(mine.size() == 2);
    CHECK(pool.apply(longer, "ab", "abc") == "abc");
    const std::map<int, std::string> names{{1, std::string(100, 'a')}, {2, std::string(100, 'b')}};
    CHECK(pool.map(name_in, names) ==
          std::vector{names.at(1), names.at(2)}); // travels as another type of pair
  });
}

TEST_CASE("functions that return nothing are run for every item") {
  in_pool(20s, [](troupe::pool& pool) {
    pool.apply(nothing, 1);
    pool.map(nothing, {1, 2, 3});
    pool.apply_async(nothing, 1).get(5s);
    pool.map_async(nothing, {1, 2}).get(5s);
    CHECK_THROWS_AS(pool.map(throw_for_two, {1, 2, 3}), std::out_of_range);
    CHECK_THROWS_AS(pool.apply(throw_for_two, 2), std::out_of_range);
    auto call = pool.map_async(throw_for_two, {1, 2, 3});
    CHECK_THROWS_AS(call.get(5s), std::out_of_range);
    CHECK_FALSE(call.successful());
  });
}
