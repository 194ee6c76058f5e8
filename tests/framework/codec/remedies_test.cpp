// SPDX-License-Identifier: BSD-3-Clause
#include "framework/codec/round_trip.hpp"

#include <troupe/callable.hpp>
#include <troupe/error.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

// The programs under compile_fail/ as their error texts say they should be: each remedy works.

using namespace troupe::test_codec;
using troupe::sendable;
using troupe::sendable_callable;

namespace {

struct job {
  int number;
  std::string name; // was a const char*
  bool operator==(const job&) const = default;
};

class account { // had no serialize()
 public:
  account() = default;
  explicit account(long balance) : balance_{balance} {}
  long balance() const { return balance_; }
  template <class Archive>
  void serialize(Archive& archive) {
    archive(balance_);
  }

 private:
  long balance_ = 0;
};

struct circle {
  double radius = 1;
};
struct square {
  double side = 1;
};

class odd_error : public std::runtime_error { // had no constructor from a text
 public:
  using std::runtime_error::runtime_error;
};

int first(const std::vector<int>& numbers, int) { return numbers[0]; }

} // namespace

TEST_CASE("owning types can be sent where pointers and views cannot") {
  check_round_trip(job{1, "first"});
  STATIC_REQUIRE(sendable<std::map<int, std::string>>);
  STATIC_REQUIRE(sendable<std::optional<std::vector<int>>>);
}

TEST_CASE("serialize() makes a class sendable") {
  CHECK(round_trip(std::vector<account>{account{5}})[0].balance() == 5);
}

TEST_CASE("a variant of the concrete classes can be sent where a pointer to their base cannot") {
  CHECK(round_trip(std::variant<circle, square>{square{3}}).index() == 1);
}

TEST_CASE("captures can be bound, passed, or vouched for") {
  const int factor = 3;
  STATIC_REQUIRE(sendable_callable<decltype(troupe::bind_front([](int f, int x) { return f * x; }, factor))>);
  STATIC_REQUIRE(sendable_callable<decltype(troupe::by_value([factor](int x) { return factor * x; }))>);
  STATIC_REQUIRE(sendable_callable<decltype(troupe::bind_front(first, std::vector<int>{1}))>);
}

TEST_CASE("a lambda that takes the object can be called where a pointer to member cannot") {
  STATIC_REQUIRE(sendable_callable<decltype([](const account& a) { return a.balance(); })>);
}

TEST_CASE("an exception with a constructor from its text can be registered") {
  CHECK(troupe::register_exception<odd_error>("odd_error"));
}
