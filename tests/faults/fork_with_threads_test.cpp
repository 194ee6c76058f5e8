// SPDX-License-Identifier: BSD-3-Clause
// Row 21: threads of the program hold locks all the time. Workers never come from a threaded process, so no
// lock they need was ever held by a thread they do not have.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"

#include <atomic>
#include <iostream>
#include <mutex>
#include <thread>
#include <vector>

using namespace test_support;

namespace {

std::mutex shared_by_all;

int lock_and_allocate(int x) {
  std::lock_guard lock{shared_by_all};
  std::vector<std::string> text(100, std::string(1000, 'x'));
  std::cerr.flush();
  return x + static_cast<int>(text.size()) - 100;
}

/// A thread that holds the mutex, allocates and prints, nearly always.
std::jthread busy_thread() {
  return std::jthread{[](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::lock_guard lock{shared_by_all};
      std::vector<std::string> text(100, std::string(1000, 'x'));
      std::fflush(nullptr);
    }
  }};
}

} // namespace

TEST_CASE("workers that start while other threads hold locks never wait for them") {
  repeat(20, [](random_source&) {
    in_runtime(30s, [](troupe::runtime& rt) {
      std::vector<std::jthread> threads;
      for (int i = 0; i < 3; ++i)
        threads.push_back(busy_thread());
      for (int i = 0; i < 5; ++i) {
        troupe::pool pool{rt, {.processes = 2}};
        CHECK(pool.map(lock_and_allocate, {1, 2, 3, 4}) == std::vector{1, 2, 3, 4});
      }
    });
  });
}
