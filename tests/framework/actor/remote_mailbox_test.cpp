// SPDX-License-Identifier: BSD-3-Clause
// Mailboxes with a bound, of actors of other processes that are busy: nothing reads there.
#include "framework/actor/places.hpp"

#include <atomic>
#include <future>
#include <thread>
#include <vector>

using namespace test_support;

namespace {

class sleeper final : public troupe::actor {
 public:
  void sleep(std::chrono::milliseconds time) {
    std::this_thread::sleep_for(time); // sleep: a handler that takes long
    ++slept_;
  }
  int slept() const { return slept_; }
  void note() { ++noted_; }
  int noted() const { return noted_; }

 private:
  int slept_ = 0;
  int noted_ = 0;
};

troupe::actor_ref<sleeper> spawn_elsewhere(troupe::runtime& rt, std::size_t capacity) {
  return rt.spawn<sleeper>({.place = troupe::own_process, .mailbox = {.capacity = capacity}});
}

} // namespace

TEST_CASE("no more than fits into its mailbox is sent to a busy actor elsewhere, and all arrives") {
  for (const int capacity : {1, 4, 7, 100})
    in_runtime(20s, [&](troupe::runtime& rt) {
      const auto busy = spawn_elsewhere(rt, static_cast<std::size_t>(capacity));
      busy.tell<&sleeper::sleep>(400ms);
      std::atomic<int> told{0};
      auto teller = std::async(std::launch::async, [&] {
        for (; told < 3 * capacity; ++told)
          busy.tell<&sleeper::note>();
      });
      CHECK(eventually(10s, [&] { return told == capacity; }));
      CHECK(teller.wait_for(150ms) == std::future_status::timeout);
      CHECK(told == capacity);
      CHECK_NOTHROW(teller.get());
      CHECK(busy.ask<&sleeper::noted>().get(10s) == 3 * capacity);
    });
}

TEST_CASE("several threads send to an actor elsewhere with a small mailbox: all arrives") {
  for (const std::size_t capacity : {1, 2, 5, 1000})
    in_runtime(60s, [&](troupe::runtime& rt) {
      constexpr int senders = 4, each = 1'000;
      const auto busy = spawn_elsewhere(rt, capacity);
      std::vector<std::future<void>> sending;
      for (int s = 0; s < senders; ++s)
        sending.push_back(std::async(std::launch::async, [&busy] {
          for (int i = 0; i < each; ++i)
            busy.tell<&sleeper::note>();
        }));
      for (auto& sender : sending)
        CHECK_NOTHROW(sender.get());
      CHECK(busy.ask<&sleeper::noted>().get(20s) == senders * each);
    });
}

TEST_CASE("whoever waits for room in the mailbox of an actor elsewhere that ends is let go") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto busy = spawn_elsewhere(rt, 1);
    const auto beside = rt.spawn<sleeper>({.place = troupe::beside(busy)}); // its process outlives it
    busy.tell<&sleeper::sleep>(200ms);
    busy.stop();
    auto teller = std::async(std::launch::async, [&] {
      for (int i = 0; i < 100; ++i)
        busy.tell<&sleeper::note>();
    });
    CHECK_NOTHROW(teller.get());
    busy.when_down().get(10s);
    CHECK_NOTHROW(busy.tell<&sleeper::note>());
    CHECK(beside.ask<&sleeper::noted>().get(10s) == 0);
  });
}

TEST_CASE("an ask of a full mailbox elsewhere ends at its deadline, and the next does not wait behind it") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto busy = spawn_elsewhere(rt, 3);
    busy.tell<&sleeper::sleep>(2s);
    for (int i = 0; i < 3; ++i)
      busy.tell<&sleeper::sleep>(0s);
    CHECK(busy.internals()->full());
    auto beyond = busy.ask<&sleeper::slept>();
    CHECK_THROWS_AS(beyond.get(10ms), troupe::timeout_error);
    auto next = busy.ask<&sleeper::slept>();
    CHECK(next.ready());
    CHECK_THROWS_AS(next.get(), troupe::queue_full);
    CHECK(beyond.get(10s) == 4);
    CHECK(busy.ask<&sleeper::slept>().get(10s) == 4);
  });
}

TEST_CASE("several threads fill the link to a busy process: each waits, and all arrives") {
  in_runtime(30s, [](troupe::runtime& rt) {
    constexpr int senders = 4, each = 20'000; // together more than a link holds
    const auto busy = rt.spawn<sleeper>({.place = troupe::own_process});
    busy.tell<&sleeper::sleep>(300ms);
    std::vector<std::future<void>> sending;
    for (int s = 0; s < senders; ++s)
      sending.push_back(std::async(std::launch::async, [&busy] {
        for (int i = 0; i < each; ++i)
          busy.tell<&sleeper::note>();
      }));
    for (auto& sender : sending)
      CHECK_NOTHROW(sender.get());
    CHECK(busy.ask<&sleeper::noted>().get(20s) == senders * each);
  });
}
