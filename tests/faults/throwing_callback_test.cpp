// SPDX-License-Identifier: BSD-3-Clause
// Row 7: a progress function throws. It is logged, and every handle still resolves.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"

#include <atomic>
#include <iostream>
#include <sstream>
#include <vector>

using namespace test_support;

namespace {

int same(int x) { return x; }

/// What goes to std::cerr meanwhile.
class logged {
 public:
  logged() : before_{std::cerr.rdbuf(text_.rdbuf())} {}
  ~logged() { std::cerr.rdbuf(before_); }
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

} // namespace

TEST_CASE("progress functions that throw are logged and harm nothing") {
  repeat(20, [](random_source&) {
    logged log;
    std::atomic<int> called{0};
    in_pool(30s, [&](troupe::pool& pool) {
      const auto throwing = [&](const troupe::progress&) {
        if (++called % 2)
          throw std::runtime_error{"thrown by a progress function"};
        throw 5;
      };
      auto loud = pool.with({.on_progress = throwing});
      CHECK(loud.map(same, std::vector<int>(1000, 1)) == std::vector<int>(1000, 1));
      auto calls = loud.map_async(same, std::vector<int>(10, 2));
      CHECK(calls.get(10s) == std::vector<int>(10, 2));
      for (int v : loud.imap(same, {1, 1, 1}))
        CHECK(v == 1);
      CHECK(pool.apply(same, 4) == 4);
    });
    CHECK(called > 2);
    CHECK(log.text().find("thrown by a progress function") != std::string::npos);
  });
}

TEST_CASE("a progress function may use the pool itself") {
  repeat(20, [](random_source&) {
    in_pool(30s, [](troupe::pool& pool) {
      std::atomic<int> answers{0};
      const auto asks = [&](const troupe::progress& p) {
        if (p.done == p.total)
          answers += pool.apply(same, 1) + pool.map(same, {1, 1}).at(0);
      };
      CHECK(pool.with({.on_progress = asks}).map(same, {1, 2, 3}) == std::vector{1, 2, 3});
      CHECK(eventually(5s, [&] { return answers == 2; }));
    });
  });
}
