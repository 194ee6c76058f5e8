// SPDX-License-Identifier: BSD-3-Clause
#include "actor/ask_table.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <thread>

using namespace troupe::detail;

namespace {

/// Nobody resolves it, so that it needs no system.
std::shared_ptr<pending_reply> question() {
  return std::make_shared<pending_reply>(std::shared_ptr<actor_system>{});
}

} // namespace

TEST_CASE("a question is taken from the table once, by its number") {
  ask_table table;
  const auto first = question();
  const auto second = question();
  const auto one = table.add(first, 7);
  const auto two = table.add(second, 7);
  CHECK(table.size() == 2);
  CHECK(table.take(two) == second);
  CHECK(table.take(two) == nullptr);
  CHECK(table.take(one) == first);
  CHECK(table.take(one) == nullptr);
  CHECK(table.size() == 0);
}

TEST_CASE("a number that was never given finds no question") {
  ask_table table;
  CHECK(table.take(0) == nullptr);
  CHECK(table.take(1) == nullptr);
  CHECK(table.take(ask_number{1} << 32) == nullptr);
  const auto only = table.add(question(), 1);
  CHECK(table.take(only + 1) == nullptr);
  CHECK(table.take(only + (ask_number{1} << 32)) == nullptr);
  CHECK(table.size() == 1);
}

TEST_CASE("numbers of questions are never 0 and never used again") {
  ask_table table;
  std::set<ask_number> given;
  for (int round = 0; round < 1000; ++round) {
    const std::array numbers{table.add(question(), 1), table.add(question(), 2), table.add(question(), 1)};
    given.insert(numbers.begin(), numbers.end());
    CHECK(table.take(numbers[1]) != nullptr);
    CHECK(table.take_all().size() == 2);
  }
  CHECK(given.size() == 3000);
  CHECK(given.count(0) == 0);
}

TEST_CASE("an old number does not take the question that uses its slot now") {
  ask_table table;
  const auto old = table.add(question(), 1);
  table.take(old);
  const auto young = question();
  const auto number = table.add(young, 1);
  CHECK(static_cast<std::uint32_t>(number) == static_cast<std::uint32_t>(old)); // the same slot
  CHECK(table.take(old) == nullptr);
  CHECK(table.take(number) == young);
}

TEST_CASE("all questions to one process are taken at once, and those to others stay") {
  ask_table table;
  std::set<std::shared_ptr<pending_reply>> to_three;
  std::vector<ask_number> numbers;
  for (process_id asked = 0; asked < 100; ++asked) {
    const auto q = question();
    numbers.push_back(table.add(q, asked % 5));
    if (asked % 5 == 3)
      to_three.insert(q);
  }
  const auto taken = table.take_all_of(3);
  CHECK(std::set(taken.begin(), taken.end()) == to_three);
  CHECK(table.take_all_of(3).empty());
  CHECK(table.size() == 80);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    CHECK((table.take(numbers[i]) == nullptr) == (i % 5 == 3));
}

TEST_CASE("a question that was taken already is not among all those to its process") {
  ask_table table;
  const auto gone = table.add(question(), 4);
  const auto there = question();
  table.add(there, 4);
  table.take(gone);
  CHECK(table.take_all_of(4) == std::vector{there});
}

TEST_CASE("the table keeps a question alive until it is taken") {
  ask_table table;
  auto asked = question();
  const std::weak_ptr<pending_reply> seen = asked;
  const auto number = table.add(std::move(asked), 1);
  CHECK_FALSE(seen.expired());
  table.take(number);
  CHECK(seen.expired());
}

TEST_CASE("threads that add and take at once each find their own questions") {
  ask_table table;
  std::array<int, 4> wrong{};
  std::vector<std::thread> threads;
  for (auto& mine : wrong)
    threads.emplace_back([&table, &mine] {
      for (int i = 0; i < 5000; ++i) {
        const auto q = question();
        const auto number = table.add(q, 1);
        mine += table.take(number) != q;
        mine += table.take(number) != nullptr;
      }
    });
  for (auto& t : threads)
    t.join();
  CHECK(wrong == std::array<int, 4>{});
  CHECK(table.size() == 0);
}
