// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/test.hpp>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

namespace {

class counter final : public troupe::actor {
 public:
  explicit counter(int start) : n_{start} {}
  void add(int k) { n_ += k; }
  int total() const { return n_; }

 private:
  int n_;
};

} // namespace

TEST_CASE("an actor on a stage handles what it is told, and answers") {
  troupe::test::stage s{1};
  for (const auto place : {troupe::this_process, troupe::own_process}) {
    const auto c = s.spawn<counter>({.place = place}, 5);
    c.tell<&counter::add>(3);
    CHECK(c.ask<&counter::total>().get() == 8);
  }
}
