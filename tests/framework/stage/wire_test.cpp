// SPDX-License-Identifier: BSD-3-Clause
#include "stage/wire.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace std::chrono_literals;
using namespace troupe::detail;

namespace {

constexpr steady_time start{};

struct sending {
  void send(actor_number target, steady_time at = start) { w.send({.target = target}, at, random); }
  void end(std::size_t lost, steady_time at = start) {
    w.sender_ended(lost, std::make_shared<const process_exit>(), at);
  }
  /// Whom the parcels are for that arrive by then; 0: the end of the sender.
  std::vector<actor_number> arrived(steady_time by) {
    std::vector<actor_number> all;
    while (w.next_due() <= by)
      all.push_back(w.take().target);
    return all;
  }

  wire w;
  seeded_random random{1};
};

using targets = std::vector<actor_number>;

} // namespace

TEST_CASE("a wire hands over at once, in order") {
  sending s;
  CHECK(s.w.next_due() == forever_from_now);
  for (const actor_number target : {1, 2, 3})
    s.send(target);
  CHECK(s.w.waiting() == 3);
  CHECK(s.arrived(start) == targets{1, 2, 3});
}

TEST_CASE("a parcel of a wire takes its time, and none overtakes another") {
  sending s;
  s.w.delay({10ms, 10ms});
  s.send(1);
  s.w.delay({});
  s.send(2);
  CHECK(s.w.next_due() == start + 10ms);
  CHECK(s.arrived(start + 9ms) == targets{});
  CHECK(s.arrived(start + 10ms) == targets{1, 2});
  s.w.delay({1ms, 5ms});
  for (actor_number target = 1; target <= 100; ++target) {
    s.send(target);
    const auto due = s.w.next_due();
    CHECK((due >= start + 1ms && due <= start + 5ms));
    s.w.take();
  }
}

TEST_CASE("a cut wire holds what it has, and what it gets") {
  sending s;
  s.send(1);
  s.w.cut();
  s.send(2);
  CHECK(s.arrived(start + 1h) == targets{});
  CHECK(s.w.waiting() == 2);
  s.w.heal();
  CHECK(s.arrived(start) == targets{1, 2});
}

TEST_CASE("the end of a sender comes last, and takes as many with it as it is told") {
  for (const std::size_t lost : {0, 1, 2, 3}) {
    sending s;
    s.w.delay({10ms, 10ms});
    s.send(1);
    s.send(2);
    s.end(lost);
    const auto expected = lost == 0 ? targets{1, 2, 0} : lost == 1 ? targets{1, 0} : targets{0};
    CHECK(s.arrived(start + 10ms) == expected);
  }
}

TEST_CASE("the end of a sender passes a cut wire, whichever came first, and what that holds is lost") {
  for (const bool cut_first : {true, false}) {
    sending s;
    s.send(1);
    if (cut_first)
      s.w.cut();
    s.end(0);
    if (!cut_first)
      s.w.cut();
    CHECK(s.arrived(start) == targets{0});
  }
}
