// SPDX-License-Identifier: BSD-3-Clause
// A handler that blocks, or computes for long, does not keep the other actors of its process from running.
#include "support/in_runtime.hpp"

#include <atomic>
#include <functional>
#include <vector>

using namespace test_support;

namespace {

std::atomic<bool> closed{false}; // both of the process it is in
std::atomic<int> blocked{0};

class worker : public troupe::actor {
 public:
  using ref = troupe::actor_ref<worker>;

  void close() { closed = true; }
  void open() {
    closed = false;
    closed.notify_all();
  }
  int block() {
    ++blocked;
    closed.wait(true);
    return --blocked;
  }
  void compute_until_open() {
    ++blocked;
    while (closed) {
    }
    --blocked;
  }
  /// The other has something to do before this blocks.
  void count_and_block(ref other) {
    other.tell<&worker::count>();
    block();
  }
  void block_then_ask(ref other) {
    block();
    counted_ = other.ask<&worker::counted>().get(10s);
  }
  void compute(std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
    }
  }
  void count() { ++counted_; }
  void count_soon() {
    after(1ms, [this] { ++counted_; });
  }
  int counted() const { return counted_; }
  int all_blocked() const { return blocked; }
  std::size_t threads() const { return thread_count(); }

 private:
  int counted_ = 0;
};

using ref = worker::ref;

/// `body(gate, some)`: actors of this process, then of another; the gate is closed before, and opened behind it.
void in_both_places(const std::function<void(const ref&, const std::vector<ref>&)>& body) {
  in_runtime(60s, [&](troupe::runtime& rt) {
    for (const auto place : {troupe::this_process, troupe::own_process}) {
      CAPTURE(place.what());
      const auto gate = rt.spawn<worker>({.place = place});
      std::vector<ref> some;
      for (int i = 0; i < 5; ++i)
        some.push_back(rt.spawn<worker>({.place = beside(gate)}));
      gate.ask<&worker::close>().get(10s);
      body(gate, some);
      gate.ask<&worker::open>().get(10s);
      for (const auto& actor : some)
        CHECK(actor.ask<&worker::counted>().get(10s) >= 0);
    }
  });
}

bool all_blocked(const ref& gate, int count) {
  return eventually(10s, [&] { return gate.ask<&worker::all_blocked>().get(10s) == count; });
}

} // namespace

TEST_CASE("an actor answers while handlers of others block") {
  in_both_places([](const ref& gate, const std::vector<ref>& some) {
    for (const auto& actor : some)
      actor.tell<&worker::block>();
    CHECK(all_blocked(gate, 5));
  });
}

TEST_CASE("an actor answers while handlers of others compute") {
  in_both_places([](const ref& gate, const std::vector<ref>& some) {
    some[0].tell<&worker::compute_until_open>();
    some[1].tell<&worker::block>();
    some[2].tell<&worker::compute_until_open>();
    CHECK(all_blocked(gate, 3));
  });
}

TEST_CASE("what a handler has brought about goes on while it blocks") {
  in_both_places([](const ref& gate, const std::vector<ref>& some) {
    for (std::size_t i = 0; i < 3; ++i)
      some[i].tell<&worker::count_and_block>(some[4]);
    CHECK(all_blocked(gate, 3));
    CHECK(eventually(10s, [&] { return some[4].ask<&worker::counted>().get(10s) == 3; }));
  });
}

TEST_CASE("a timer is not late because a handler blocks") {
  in_both_places([](const ref& gate, const std::vector<ref>& some) {
    some[1].tell<&worker::count_soon>();
    some[0].tell<&worker::block>();
    CHECK(all_blocked(gate, 1));
    CHECK(eventually(10s, [&] { return some[1].ask<&worker::counted>().get(10s) == 1; }));
  });
}

TEST_CASE("a handler that has blocked may wait for another actor") {
  in_both_places([](const ref& gate, const std::vector<ref>& some) {
    some[4].tell<&worker::count>();
    for (std::size_t i = 0; i < 3; ++i)
      some[i].tell<&worker::block_then_ask>(some[4]);
    CHECK(all_blocked(gate, 3));
    gate.ask<&worker::open>().get(10s);
    for (std::size_t i = 0; i < 3; ++i)
      CHECK(some[i].ask<&worker::counted>().get(10s) == 1);
  });
}

TEST_CASE("handlers that take long one after the other do not cost a thread each") {
  in_both_places([](const ref& gate, const std::vector<ref>& some) {
    const auto before = gate.ask<&worker::threads>().get(10s);
    for (int i = 0; i < 2; ++i)
      for (const auto& actor : some)
        actor.ask<&worker::compute>(50ms).get(10s);
    CHECK(gate.ask<&worker::threads>().get(10s) <= before + 3);
  });
}
