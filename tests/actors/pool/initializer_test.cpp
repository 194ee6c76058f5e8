// SPDX-License-Identifier: BSD-3-Clause
#include "support/in_runtime.hpp"

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

using namespace test_support;

namespace {

std::string greeting = "not initialized";

void greet(const std::string& words) { greeting = words; }
std::string said(int) { return greeting; }
std::string said_or_die(int x) {
  if (x < 0)
    ::raise(SIGKILL);
  return greeting;
}

} // namespace

TEST_CASE("the initializer runs in every worker before its first task") {
  const troupe::pool_options options{.processes = 2, .initializer = troupe::bind_front(greet, "hello")};
  in_pool(
      20s,
      [](troupe::pool& pool) {
        CHECK(pool.with({.chunk = 1}).map(said, std::vector<int>(50)) ==
              std::vector<std::string>(50, "hello"));
        CHECK(greeting == "not initialized");
      },
      options);
}

TEST_CASE("the initializer runs in replacements too") {
  const troupe::pool_options options{.processes = 2, .initializer = troupe::bind_front(greet, "hello")};
  in_pool(
      20s,
      [](troupe::pool& pool) {
        for (int i = 0; i < 5; ++i) {
          auto settled = pool.with({.chunk = 1}).map_settled(said_or_die, {0, -1, 0, -1, 0});
          CHECK_FALSE(settled[1]);
          CHECK(settled[4].value() == "hello");
        }
        int restarts = 0;
        for (const auto& w : pool.workers())
          restarts += w.restarts;
        CHECK(restarts == 10);
      },
      options);
}

TEST_CASE("an initializer may be a lambda, and take long") {
  const troupe::pool_options options{.processes = 2, .initializer = [] { greeting = "lambda"; }};
  in_pool(
      20s, [](troupe::pool& pool) { CHECK(pool.apply(said, 0) == "lambda"); }, options);
}
