// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/runtime.hpp>

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>

/// A deadline for a test of its own.

namespace test_support {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int slowness = 5; ///< how much longer everything may take in this build
inline constexpr bool sanitized = true;
#else
inline constexpr int slowness = 1;
inline constexpr bool sanitized = false;
#endif

/// Of the repetition that runs now (see repeat.hpp).
inline std::atomic<unsigned> current_seed{0};

/// Ends the program when it is not destroyed in time: a test that hangs must say so by itself.
class watchdog {
 public:
  explicit watchdog(std::chrono::milliseconds limit) : thread_{[this, limit] { watch(limit * slowness); }} {}
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;
  ~watchdog() {
    {
      std::lock_guard lock{mutex_};
      over_ = true;
    }
    ended_.notify_one();
    thread_.join();
  }

 private:
  void watch(std::chrono::milliseconds limit) {
    std::unique_lock lock{mutex_};
    if (ended_.wait_for(lock, limit, [this] { return over_; }))
      return;
    std::fprintf(stderr, "the test (process %d, seed %u) is not over after %lld ms\n", ::getpid(),
                 current_seed.load(), static_cast<long long>(limit.count()));
    print_actors();
    if (std::getenv("TROUPE_TEST_WAIT")) // for a debugger
      ::pause();
    std::abort();
  }

  // What the runtime's actors are doing, if there is one. In a thread of its own: what hangs may hang this, too.
  static void print_actors() {
    const auto printed = std::make_shared<std::promise<void>>();
    const auto done = printed->get_future();
    std::thread{[printed] {
      try {
        troupe::runtime::current().dump_actors(std::cerr);
      } catch (const std::exception&) { // there is none
      }
      printed->set_value();
    }}.detach();
    done.wait_for(std::chrono::seconds{3} * slowness); // the program ends now, one way or the other
  }

  std::mutex mutex_; // guards over_
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_; // last: it uses the others
};

/// Runs `body` in this thread. Aborts the program when it takes longer.
template <class Body>
void within(std::chrono::milliseconds limit, Body&& body) {
  watchdog dog{limit};
  body();
}

/// Waits until `condition` holds. False when it does not within `limit`.
template <class Condition>
bool eventually(std::chrono::milliseconds limit, Condition&& condition) {
  const auto deadline = std::chrono::steady_clock::now() + limit * slowness;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1}); // sleep: /proc tells of changes to nobody
  }
  return true;
}

} // namespace test_support
