// SPDX-License-Identifier: BSD-3-Clause
// Threads of the program that go on sending while the runtime ends, by references that outlive it.
#include "support/in_runtime.hpp"

#include <atomic>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

using namespace test_support;

namespace {

class sink final : public troupe::actor {
 public:
  void take(int) {}
  int give() const { return 1; }
};
using ref = troupe::actor_ref<sink>;

/// What a thread does again and again. An error of ours is the right answer.
void until(const std::atomic<bool>& over, const std::function<void()>& body) {
  while (!over)
    try {
      body();
    } catch (const troupe::error&) {
    }
}

void end_runtimes_under(const std::function<void(const ref&)>& body) {
  within(60s, [&] {
    for (int i = 0; i < 60; ++i) {
      std::optional<troupe::runtime> rt{std::in_place, 0, nullptr};
      const auto place = i % 4 == 3 ? troupe::own_process : troupe::this_process;
      const auto to = rt->spawn<sink>({.place = place});
      std::atomic<bool> over{false};
      std::vector<std::thread> threads;
      for (int t = 0; t < 2; ++t)
        threads.emplace_back([&] { until(over, [&] { body(to); }); });
      CHECK(to.ask<&sink::give>().get(10s) == 1);
      rt.reset();
      over = true;
      for (auto& thread : threads)
        thread.join();
    }
  });
}

} // namespace

TEST_CASE("threads tell while the runtime ends") {
  end_runtimes_under([](const ref& to) { to.tell<&sink::take>(1); });
}

TEST_CASE("threads ask while the runtime ends") {
  end_runtimes_under([](const ref& to) { static_cast<void>(to.ask<&sink::give>()); });
}

TEST_CASE("threads ask and wait while the runtime ends") {
  end_runtimes_under([](const ref& to) { static_cast<void>(to.ask<&sink::give>().get(10s)); });
}
