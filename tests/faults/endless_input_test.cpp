// SPDX-License-Identifier: BSD-3-Clause
// Row 9: endless input, a slow consumer, a consumer that stops early. Look-ahead and memory are bounded.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"
#include "support/strike.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <ranges>
#include <string>
#include <thread>
#include <vector>

using namespace test_support;

namespace {

std::string large(int x) { return std::string(10'000, static_cast<char>('a' + x % 26)); }
int same(int x) { return x; }

auto endless(std::atomic<int>& read) {
  return std::views::iota(0) | std::views::transform([&read](int i) {
           ++read;
           return i;
         });
}

} // namespace

TEST_CASE("a slow consumer of endless input holds the workers back") {
  repeat(10, [](random_source& random) {
    in_pool(30s, [&](troupe::pool& pool) {
      const int window = 1 + random_below(random, 50);
      std::atomic<int> read{0};
      auto results = pool.with({.window = static_cast<std::size_t>(window)}).imap(same, endless(read));
      for (int taken = 0; taken < 30; ++taken) {
        REQUIRE(results.next() == taken);
        wait_up_to(random, 2ms);
        CHECK(read - taken <= window);
      }
    });
  });
}

TEST_CASE("memory stays flat over endless input with large results") {
  in_pool(60s, [](troupe::pool& pool) {
    std::atomic<int> read{0};
    auto results = pool.imap(large, endless(read));
    for (int i = 0; i < 2000; ++i)
      results.next();
    const auto before = resident_bytes();
    for (int i = 0; i < 20'000 / slowness; ++i) // 200 MB pass
      results.next();
    if (!sanitized)
      CHECK(resident_bytes() < before + (16 << 20));
  });
}

TEST_CASE("leaving at a random instant ends cleanly, with and without a worker's death") {
  repeat(60, [](random_source& random) {
    in_pool(30s, [&](troupe::pool& pool) {
      std::atomic<int> read{0};
      for (int i = 0; i < 5; ++i) {
        auto results = pool.imap_unordered_settled(same, endless(read));
        for (int n = random_below(random, 300); n > 0; --n)
          static_cast<void>(results.next());
        if (i % 2)
          strike(pool.workers()[0], SIGKILL);
      }
      const int until = read;
      CHECK(pool.with({.crash_retries = 9}).map(same, {1, 2, 3}) == std::vector{1, 2, 3});
      CHECK(read == until);
    });
  });
}
