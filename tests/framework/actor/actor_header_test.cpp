// SPDX-License-Identifier: BSD-3-Clause
// Only this header, and nothing of ours that could bring in what it forgot: its templates are looked into here.
#include <troupe/actor.hpp>

#include <catch2/catch.hpp>

#include <chrono>

using namespace std::chrono_literals;

namespace {

class adder : public troupe::actor {
 public:
  explicit adder(int start) : sum_{start} {}
  void add(int k) { sum_ += k; }
  int sum() const { return sum_; }

 private:
  int sum_;
};

} // namespace

TEST_CASE("actor.hpp alone is enough for actors and topics: it once lacked what decodes their arguments") {
  troupe::runtime rt{0, nullptr};
  const auto a = rt.spawn<adder>({.place = troupe::own_process}, 40);
  const troupe::topic<int> numbers{rt};
  numbers.subscribe<&adder::add>(a);
  a.tell<&adder::add>(2);
  CHECK(a.ask<&adder::sum>().get(10s) == 42);
}
