// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/outcome.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

using troupe::failure;
using troupe::outcome;
using troupe::usage_error;

TEST_CASE("a success has a value and no failure") {
  outcome<std::string> result{"abc"};
  REQUIRE(result.has_value());
  CHECK(result);
  CHECK(result.value() == "abc");
  result.value() += "d";
  CHECK(std::as_const(result).value() == "abcd");
  CHECK_THROWS_AS(result.error(), usage_error);
}

TEST_CASE("a failure has an error, and asking for the value throws it") {
  outcome<int> result{failure::of(std::out_of_range{"too far"})};
  CHECK_FALSE(result);
  CHECK(result.error().what() == "too far");
  CHECK_THROWS_AS(result.value(), std::out_of_range);
  CHECK_THROWS_AS(std::as_const(result).value(), std::out_of_range);
  CHECK_THROWS_AS(std::move(result).value(), std::out_of_range);
}

TEST_CASE("a value can be moved out of an outcome") {
  outcome<std::unique_ptr<int>> result{std::make_unique<int>(3)};
  const auto value = std::move(result).value();
  CHECK(*value == 3);
}

TEST_CASE("an outcome of nothing succeeds or fails") {
  const outcome<void> success;
  CHECK(success);
  CHECK_NOTHROW(success.value());
  CHECK_THROWS_AS(success.error(), usage_error);
  const outcome<void> failed{failure::of(std::runtime_error{"no"})};
  CHECK_FALSE(failed.has_value());
  CHECK_THROWS_AS(failed.value(), std::runtime_error);
  CHECK(failed.error().type_name() == "std::runtime_error");
}

TEST_CASE("an outcome can be of a type that holds a failure") {
  const outcome<int> inner{failure::of(std::runtime_error{"inner"})};
  const outcome<outcome<int>> outer{inner};
  CHECK(outer);
  CHECK_FALSE(outer.value());
}
