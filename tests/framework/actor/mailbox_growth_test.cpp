// SPDX-License-Identifier: BSD-3-Clause
// When a mailbox is said to grow.
#include <troupe/detail/mailbox_growth.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

using troupe::detail::mailbox_growth;
using namespace std::chrono_literals;

namespace {

/// One look each second. Returns when growth was told: "second/for how many seconds".
std::string told(const std::vector<std::size_t>& lengths, bool full = false) {
  mailbox_growth growth{{.length = 10, .time = 3s, .between_looks = 1s}};
  std::string all;
  mailbox_growth::time_point now{1h};
  for (std::size_t second = 0; second < lengths.size(); ++second, now += 1s)
    if (const auto grown = growth.look(now, lengths[second], full))
      all += std::to_string(second) + '/' + std::to_string(*grown / 1s) + ' ';
  return all;
}

} // namespace

TEST_CASE("a mailbox that keeps growing is told once, with how long it has grown") {
  CHECK(told({0, 20, 30, 40, 50, 60, 70, 80, 90}) == "4/3 ");
}

TEST_CASE("a mailbox that is long, and does not grow, is not told") {
  CHECK(told({20, 20, 20, 20, 20, 20, 20}).empty());
  CHECK(told({90, 80, 70, 60, 50, 40, 30}).empty());
}

TEST_CASE("a mailbox that grows, and stays short, is not told") {
  CHECK(told({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}).empty());
}

TEST_CASE("growth begins afresh when a mailbox has become shorter meanwhile") {
  CHECK(told({20, 30, 40, 39, 50, 60, 70}) == "6/3 ");
}

TEST_CASE("a mailbox that stays full counts as one that grows: its senders wait") {
  CHECK(told({20, 20, 20, 20, 20}, /*full=*/true) == "3/3 ");
}

TEST_CASE("a mailbox that was short in between is told again") {
  CHECK(told({20, 30, 40, 50, 60, 5, 20, 30, 40, 50, 60}) == "3/3 9/3 ");
}

TEST_CASE("looks are due once in a while only") {
  mailbox_growth growth{{.between_looks = 1s}};
  const mailbox_growth::time_point start{1h};
  CHECK(growth.due(start));
  growth.look(start, 0, false);
  CHECK_FALSE(growth.due(start + 999ms));
  CHECK(growth.due(start + 1s));
}
