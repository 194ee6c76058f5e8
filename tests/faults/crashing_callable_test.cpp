// SPDX-License-Identifier: BSD-3-Clause
// Row 6: a callable that cannot be loaded in a worker without ending it.
#include "support/in_runtime.hpp"

#include <csignal>
#include <vector>

using namespace test_support;

namespace {

/// Ends whichever process loads it.
struct bomb {
  int operator()(int x) const { return x * factor; }
  template <class Archive>
  void save(Archive& archive) const {
    archive(factor);
  }
  template <class Archive>
  void load(Archive&) {
    ::raise(SIGKILL);
  }

  int factor = 2;
};

} // namespace

TEST_CASE("a callable that ends the worker it is loaded in costs its tasks, and the pool goes on") {
  in_pool(60s, [](troupe::pool& pool) {
    CHECK_THROWS_AS(pool.map(bomb{}, {1, 2, 3}), troupe::worker_lost);
    const auto twice = pool.with({.crash_retries = 1});
    try {
      twice.apply(bomb{}, 1);
      FAIL("it was loaded");
    } catch (const troupe::worker_lost& e) {
      CHECK(e.signal() == SIGKILL);
      CHECK(e.attempts() == 2);
    }
    CHECK(pool.map([](int x) { return x + 1; }, {1, 2}) == std::vector<int>{2, 3});
  });
}
