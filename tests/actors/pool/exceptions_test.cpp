// SPDX-License-Identifier: BSD-3-Clause
// What a task throws reaches the caller, and costs the others nothing.
#include "support/in_runtime.hpp"

#include <unistd.h>
#include <new>
#include <numeric>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

using namespace test_support;

namespace {

struct unregistered : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct registered : std::runtime_error {
  using std::runtime_error::runtime_error;
};
[[maybe_unused]] const bool known = troupe::register_exception<registered>("pool exceptions_test registered");

int throw_kind(int kind) {
  switch (kind) {
    case 1:
      throw std::out_of_range{"one"};
    case 2:
      throw registered{"two"};
    case 3:
      throw unregistered{"three"};
    case 4:
      throw 4;
    case 5:
      throw std::string{"five"};
    case 6:
      throw std::bad_alloc{};
    case 7:
      throw std::system_error{ENOENT, std::generic_category(), "seven"};
    default:
      return kind;
  }
}

int odd_throws(int x) {
  if (x % 2)
    throw std::invalid_argument{"odd " + std::to_string(x)};
  return x;
}

int hang(int) {
  for (;;)
    ::pause();
}

struct unsaveable {
  int n = 0;
  template <class Archive>
  void save(Archive& archive) const {
    archive(n);
    if (n == 3)
      throw std::domain_error{"cannot be saved"};
  }
  template <class Archive>
  void load(Archive& archive) {
    archive(n);
    if (n == 4)
      throw std::domain_error{"cannot be loaded"};
  }
};
unsaveable result(int n) { return {n}; }
int number_of(const unsaveable& u) { return u.n; }

std::string long_text() {
  std::string text(2000, 'x');
  text.append("end"); // GCC 12 warns of `text + "end"` without reason, under ThreadSanitizer
  return text;
}

std::string padding_then_throw(int size) {
  if (size < 0)
    throw std::out_of_range{long_text()};
  return std::string(static_cast<std::size_t>(size), 'y');
}

} // namespace

TEST_CASE("exceptions arrive with their type, or as task_error with the type's name") {
  in_pool(20s, [](troupe::pool& pool) {
    CHECK_THROWS_AS(pool.apply(throw_kind, 1), std::out_of_range);
    CHECK_THROWS_AS(pool.apply(throw_kind, 2), registered);
    CHECK_THROWS_AS(pool.apply(throw_kind, 3), troupe::task_error);
    CHECK_THROWS_AS(pool.apply(throw_kind, 4), troupe::task_error);
    CHECK_THROWS_AS(pool.apply(throw_kind, 5), troupe::task_error);
    CHECK_THROWS_AS(pool.apply(throw_kind, 6), std::bad_alloc);
    CHECK_THROWS_AS(pool.apply(throw_kind, 7), std::system_error);
    const auto settled = pool.map_settled(throw_kind, {1, 2, 3});
    CHECK(settled[0].error().type_name() == "std::out_of_range");
    CHECK(settled[1].error().what() == "two");
    CHECK(settled[2].error().type_name().find("unregistered") != std::string::npos);
  });
}

TEST_CASE("an exception knows its process and its task") {
  in_pool(20s, [](troupe::pool& pool) {
    try {
      pool.map(odd_throws, {0, 2, 4, 5, 6, 7});
      FAIL("nothing was thrown");
    } catch (const std::invalid_argument& e) {
      const auto cause = troupe::remote_cause(e);
      REQUIRE(cause);
      CHECK(cause->task_index == 3);
      CHECK(cause->text == "odd 5");
      CHECK(cause->pid > 0);
      CHECK(cause->process_name.find("worker") != std::string::npos);
    }
  });
}

TEST_CASE("map throws the failure of lowest index, whatever fails first") {
  in_pool(20s, [](troupe::pool& pool) {
    std::vector<int> numbers(1000, 0);
    numbers[400] = 401;
    numbers[900] = 901;
    for (std::size_t chunk : {0, 1, 7, 1000})
      CHECK_THROWS_WITH(pool.with({.chunk = chunk}).map(odd_throws, numbers), "odd 401");
  });
}

TEST_CASE("failures in the middle of a chunk cost the others of the chunk nothing") {
  in_pool(20s, [](troupe::pool& pool) {
    std::vector<int> numbers(100);
    std::iota(numbers.begin(), numbers.end(), 0);
    for (std::size_t chunk : {1, 7, 100, 1000}) {
      const auto settled = pool.with({.chunk = chunk}).map_settled(odd_throws, numbers);
      bool right = settled.size() == numbers.size();
      for (std::size_t i = 0; right && i < settled.size(); ++i)
        right = i % 2 ? settled[i].error().what() == "odd " + std::to_string(i)
                      : settled[i].value() == static_cast<int>(i);
      CHECK(right);
    }
  });
}

TEST_CASE("the outcomes of a range can be waited for with a time limit") {
  in_pool(20s, [](troupe::pool& pool) {
    const auto settled = pool.map_settled_async(odd_throws, {0, 1, 2}).get(10s);
    CHECK(settled.at(0).value() == 0);
    CHECK(settled.at(1).error().what() == "odd 1");
    CHECK(settled.at(2).value() == 2);
    CHECK(pool.map_settled_async(odd_throws, std::vector{4}).get().at(0).value() == 4);
    auto pending = pool.map_settled_async(hang, {0, 1});
    CHECK_THROWS_AS(pending.get(10ms), troupe::timeout_error);
    pool.terminate();
    CHECK_THROWS_AS(pending.get(10s), troupe::stopped);
  });
}

TEST_CASE("a result that cannot be saved or loaded is its own item's failure") {
  in_pool(20s, [](troupe::pool& pool) {
    for (std::size_t chunk : {1, 3, 100}) {
      const auto settled = pool.with({.chunk = chunk}).map_settled(result, {1, 2, 3, 4, 5, 6});
      CHECK(settled[1].value().n == 2);
      CHECK(settled[2].error().what() == "cannot be saved");
      CHECK_FALSE(settled[3]);
      CHECK(settled[4].value().n == 5);
    }
    CHECK_THROWS_WITH(pool.apply(result, 3), "cannot be saved");
    CHECK(pool.apply(result, 5).n == 5);
  });
}

TEST_CASE("an argument that cannot be saved or loaded is its own item's failure") {
  in_pool(20s, [](troupe::pool& pool) {
    const std::vector<unsaveable> items{{1}, {3}, {2}, {4}, {5}, {3}};
    for (std::size_t chunk : {1, 3, 100}) {
      const auto settled = pool.with({.chunk = chunk}).map_settled(number_of, items);
      CHECK(settled[0].value() == 1);
      CHECK(settled[1].error().what() == "cannot be saved");
      CHECK(settled[2].value() == 2);
      CHECK_FALSE(settled[3]);
      CHECK(settled[4].value() == 5);
      CHECK_FALSE(settled[5]);
    }
    CHECK_THROWS_WITH(pool.apply(number_of, unsaveable{3}), "cannot be saved");
  });
}

TEST_CASE("imap throws a failure and goes on with the following item") {
  in_pool(20s, [](troupe::pool& pool) {
    auto results = pool.imap(odd_throws, {0, 1, 2, 3});
    CHECK(results.next() == 0);
    CHECK_THROWS_WITH(results.next(), "odd 1");
    CHECK(results.next() == 2);
    CHECK_THROWS_AS(results.next(5s), std::invalid_argument);
    CHECK_FALSE(results.next());
    CHECK_FALSE(results.next());
    auto settled = pool.imap_unordered_settled(odd_throws, {0, 1, 2, 3});
    int failed = 0;
    for (auto& [index, outcome] : settled)
      failed += (index % 2 == 1) == !outcome.has_value();
    CHECK(failed == 4);
  });
}

TEST_CASE("an exception keeps its type and text however full the worker's memory for results is") {
  in_pool(60s, [](troupe::pool& pool) {
    std::vector<int> sizes;
    for (int left = 0; left < 300; left += 3) { // bytes left of 64 KiB, about
      for (int i = 0; i < 15; ++i)
        sizes.push_back(4000);
      sizes.push_back((64 << 10) - 15 * 4005 - 45 - left);
      sizes.push_back(-1);
      const auto settled = pool.with({.chunk = sizes.size()}).map_settled(padding_then_throw, sizes);
      CAPTURE(left);
      REQUIRE(settled.back().error().type_name() == "std::out_of_range");
      REQUIRE(settled.back().error().what() == long_text());
      sizes.clear();
    }
  });
}
