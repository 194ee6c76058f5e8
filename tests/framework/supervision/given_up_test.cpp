// SPDX-License-Identifier: BSD-3-Clause
// A child that shares its process and does not react any more: nobody waits for it longer than its supervisor does.
#include "framework/actor/places.hpp"

#include <troupe/supervisor.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <functional>
#include <vector>

using namespace test_support;
using namespace std::chrono_literals;
using troupe::own_process;
using troupe::supervisor;

namespace {

std::atomic<bool> closed{false}; // both of the process it is in
std::atomic<int> hanging{0};

/// The other actor of the process.
class gatekeeper final : public troupe::actor {
 public:
  void close() { closed = true; }
  void open() {
    closed = false;
    closed.notify_all();
  }
  bool somebody_hangs() const { return hanging != 0; }
};

class stuck final : public troupe::actor {
 public:
  int hang() {
    ++hanging;
    closed.wait(true);
    --hanging;
    return 1;
  }
  troupe::task<int> wait_long() {
    co_await after(1h);
    co_return 2;
  }
  troupe::promise<int> promise() {
    promises_.emplace_back();
    return promises_.back();
  }
  int fine() const { return 4; }

 private:
  std::vector<troupe::promise<int>> promises_;
};

/// Asks from another process; -1 for actor_down.
class petitioner final : public troupe::actor {
 public:
  troupe::task<int> petition(troupe::actor_ref<stuck> whom) {
    try {
      co_return co_await whom.ask<&stuck::hang>();
    } catch (const troupe::actor_down&) {
      co_return -1;
    }
  }
};

struct scene {
  supervisor& sup;
  troupe::actor_ref<gatekeeper> gate;
  troupe::actor_ref<stuck> child;
  troupe::actor_ref<petitioner> abroad;
};

/// With a child in the supervisor's process, and in another, that hangs until the gate opens.
void where_a_child_hangs(const std::function<void(const scene&)>& test) {
  in_runtime(60s, [&](troupe::runtime& rt) {
    const auto abroad = rt.spawn<petitioner>({.place = own_process});
    for (const auto place : {troupe::this_process, own_process}) {
      const auto gate = rt.spawn<gatekeeper>({.place = place});
      gate.ask<&gatekeeper::close>().get(10s);
      supervisor sup{rt, {.log = false}};
      const auto child = sup.add<stuck>({.id = "stuck", .place = beside(gate), .shutdown = 50ms});
      test(scene{sup, gate, child, abroad});
      gate.ask<&gatekeeper::open>().get(10s);
    }
  });
}

void await_hanging(const scene& s) {
  CHECK(eventually(10s, [&] { return s.gate.ask<&gatekeeper::somebody_hangs>().get(10s); }));
}

} // namespace

TEST_CASE("whoever has asked a child that is given up is told so while its handler still hangs") {
  where_a_child_hangs([](const scene& s) {
    auto coroutine = s.child.ask<&stuck::wait_long>();
    auto promised = s.child.ask<&stuck::promise>();
    auto hanging_one = s.child.ask<&stuck::hang>();
    await_hanging(s);
    auto behind = s.child.ask<&stuck::fine>();
    auto from_abroad = s.abroad.ask<&petitioner::petition>(s.child);
    s.sup.stop("stuck");
    for (auto* reply : {&coroutine, &promised, &hanging_one, &behind})
      CHECK_THROWS_AS(reply->get(10s), troupe::actor_down);
    CHECK(from_abroad.get(10s) == -1);
  });
}

TEST_CASE("the successor of a child that was given up answers, and what that says late reaches nobody") {
  where_a_child_hangs([](const scene& s) {
    auto from_abroad = s.abroad.ask<&petitioner::petition>(s.child);
    await_hanging(s);
    s.sup.stop("stuck");
    CHECK(from_abroad.get(10s) == -1);
    s.sup.restart("stuck");
    CHECK(s.child.ask<&stuck::fine>().get(10s) == 4);
    s.gate.ask<&gatekeeper::open>().get(10s);
    CHECK(s.child.ask<&stuck::hang>().get(10s) == 1);
    CHECK(s.abroad.ask<&petitioner::petition>(s.child).get(10s) == 1);
  });
}

TEST_CASE("each of many promises of a child that is killed at once is broken") {
  in_runtime(60s, [](troupe::runtime& rt) {
    const auto gate = rt.spawn<gatekeeper>({.place = own_process});
    for (const auto place : {troupe::this_process, beside(gate)}) {
      supervisor sup{rt, {.log = false}};
      const auto child = sup.add<stuck>({.id = "stuck", .place = place, .shutdown = 0s});
      std::vector<troupe::reply<int>> promised;
      for (int i = 0; i < 300; ++i)
        promised.push_back(child.ask<&stuck::promise>());
      CHECK(child.ask<&stuck::fine>().get(10s) == 4);
      sup.stop("stuck");
      for (auto& reply : promised)
        CHECK_THROWS_AS(reply.get(10s), troupe::actor_down);
    }
  });
}
