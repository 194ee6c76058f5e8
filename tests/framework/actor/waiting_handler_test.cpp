// SPDX-License-Identifier: BSD-3-Clause
// A handler that waits for another actor of its process does not keep that one from running.
#include "support/in_runtime.hpp"
#include "support/strike.hpp"

#include <unistd.h>

#include <csignal>

using namespace test_support;

namespace {

class waiter : public troupe::actor {
 public:
  using ref = troupe::actor_ref<waiter>;

  int one() const { return 1; }
  int sum_of(ref other, int count) {
    int sum = 0;
    for (int i = 0; i < count; ++i)
      sum += other.ask<&waiter::one>().get(10s);
    return sum;
  }
  /// Each waits for the one it has started.
  int depth(int n) { return n == 0 ? 0 : 1 + spawn<waiter>().ask<&waiter::depth>(n - 1).get(10s); }
  /// More than a link holds.
  void flood(ref other) {
    for (int i = 0; i < 20'000; ++i)
      other.tell<&waiter::one>();
  }
  pid_t pid() const { return ::getpid(); }
  bool waits_for_itself() {
    const ref me = self();
    try {
      me.ask<&waiter::one>().get(20ms);
      return false;
    } catch (const troupe::timeout_error&) {
      return true;
    }
  }
};

template <class Body>
void in_both_places(Body body) {
  in_runtime(60s, [&](troupe::runtime& rt) {
    body(rt.spawn<waiter>(), rt.spawn<waiter>());
    const auto there = rt.spawn<waiter>({.place = troupe::own_process});
    body(there, rt.spawn<waiter>({.place = troupe::beside(there)}));
  });
}

} // namespace

TEST_CASE("a handler waits for another actor of its process") {
  in_both_places([](const waiter::ref& one, const waiter::ref& other) {
    CHECK(one.ask<&waiter::sum_of>(other, 500).get(20s) == 500);
  });
}

TEST_CASE("handlers wait for each other twenty deep") {
  in_both_places(
      [](const waiter::ref& one, const waiter::ref&) { CHECK(one.ask<&waiter::depth>(20).get(20s) == 20); });
}

TEST_CASE("a handler that waits for its own actor finds out at its deadline") {
  in_both_places([](const waiter::ref& one, const waiter::ref&) {
    CHECK(one.ask<&waiter::waits_for_itself>().get(20s));
    CHECK(one.ask<&waiter::one>().get(20s) == 1);
  });
}

TEST_CASE("handlers of two processes wait for each other's neighbours") {
  in_runtime(60s, [](troupe::runtime& rt) {
    const auto here = rt.spawn<waiter>();
    const auto there = rt.spawn<waiter>({.place = troupe::own_process});
    auto forth = here.ask<&waiter::sum_of>(there, 300);
    CHECK(forth.get(20s) == 300);
    CHECK(there.ask<&waiter::sum_of>(here, 300).get(20s) == 300);
  });
}

TEST_CASE("a handler that waits for room on a link does not keep others of its process from running") {
  in_runtime(60s,
             [](troupe::runtime& rt) {
               const auto frozen = rt.spawn<waiter>({.place = troupe::own_process});
               const auto pid = frozen.ask<&waiter::pid>().get(10s);
               const auto sender = rt.spawn<waiter>();
               const auto beside = rt.spawn<waiter>();
               REQUIRE(stop_whole_process(pid));
               auto flood = sender.ask<&waiter::flood>(frozen);
               CHECK(eventually(10s, [&] { return frozen.internals()->way().congested(); }));
               CHECK(beside.ask<&waiter::one>().get(5s) == 1);
               CHECK_FALSE(flood.ready());
               ::kill(pid, SIGCONT);
               flood.get(20s);
               CHECK(frozen.ask<&waiter::one>().get(20s) == 1);
             },
             {.heartbeat = 0ms});
}
