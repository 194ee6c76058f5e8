// SPDX-License-Identifier: BSD-3-Clause
// Mailboxes that are full, here and in other processes.
#include "framework/stage/cast.hpp"

#include <troupe/exceptions.hpp>
#include <troupe/supervisor.hpp>

using namespace cast;
using troupe::overflow_policy;

namespace {

constexpr std::size_t capacity = 3;
constexpr int sent = 20;

actor_ref<recorder> small_box(stage& s, overflow_policy policy, troupe::placement place) {
  return s.spawn<recorder>({.place = place, .mailbox = {.capacity = capacity, .overflow = policy}});
}

/// Runs the test with a box here and with one elsewhere, over seeds.
template <class Body>
void with_small_box(overflow_policy policy, Body body) {
  for (const auto place : {troupe::this_process, own_process})
    each_seed(seeds(100), [&](stage& s) { body(s, small_box(s, policy, place)); });
}

numbers hear(stage& s, const actor_ref<recorder>& box) {
  s.run_until_idle();
  return box.ask<&recorder::heard_from>(0).get();
}

bool is_part_in_order(const numbers& part) { return std::is_sorted(part.begin(), part.end()); }

} // namespace

TEST_CASE("whoever tells a box that blocks waits for room, and all arrives") {
  with_small_box(overflow_policy::block, [](stage& s, const actor_ref<recorder>& box) {
    for (int i = 0; i < sent; ++i)
      box.tell<&recorder::hear>(0, i);
    REQUIRE(hear(s, box) == up_to(sent));
    REQUIRE(s.now() == 0s); // nobody gave up
  });
}

TEST_CASE("whoever waits for room waits no longer than it said") {
  for (const auto place : {troupe::this_process, own_process}) {
    stage s{1};
    const auto box = small_box(s, overflow_policy::block, place);
    s.freeze(s.process_of(box));
    const auto fill = [&] {
      for (int i = 0; i < sent; ++i)
        box.within(2s).tell<&recorder::hear>(0, i);
    };
    CHECK_THROWS_AS(fill(), troupe::queue_full);
    CHECK(s.now() == 2s);
    CHECK_THROWS_AS(box.within(0s).tell<&recorder::hear>(0, 0), troupe::queue_full);
    auto beyond = box.within(5ms).ask<&recorder::noted>();
    auto refused = box.within(5ms).ask<&recorder::noted>();
    CHECK(s.now() == 2s + 10ms);
    CHECK_THROWS_AS(refused.get(1s), troupe::queue_full);
    CHECK_THROWS_AS(beyond.get(1s), troupe::timeout_error);
  }
}

TEST_CASE("whoever waits for room runs other actors meanwhile, which may wait for longer") {
  stage s{1};
  const auto full = small_box(s, overflow_policy::block, own_process);
  s.freeze(s.process_of(full));
  const auto other = small_box(s, overflow_policy::block, own_process);
  const auto teller = s.spawn<talker>(1, other);
  s.freeze(s.process_of(other));
  s.after(10s, [&] { s.thaw(s.process_of(other)); });
  teller.tell<&talker::say>(0, sent);
  const auto fill = [&] {
    for (int i = 0; i < sent; ++i)
      full.within(2s).tell<&recorder::hear>(0, i);
  };
  CHECK_THROWS_AS(fill(), troupe::queue_full);
  s.run_until_idle();
  CHECK(other.ask<&recorder::heard_from>(1).get() == up_to(sent));
}

TEST_CASE("nor does whoever waits while a supervised actor is being restarted") {
  stage s{1};
  troupe::supervisor sup{s, {.log = false}};
  const auto box =
      sup.add<recorder>({.id = "box", .backoff = {.base = 20s}, .mailbox = {.capacity = capacity}});
  box.stop();
  s.run_until_idle();
  const auto fill = [&] {
    for (int i = 0; i < sent; ++i)
      box.within(2s).tell<&recorder::hear>(0, i);
  };
  CHECK_THROWS_AS(fill(), troupe::queue_full);
  CHECK(s.now() == 2s);
}

TEST_CASE("three talkers and a box that blocks: nothing is lost, in any interleaving") {
  with_small_box(overflow_policy::block, [](stage& s, const actor_ref<recorder>& box) {
    for (int who = 0; who < 3; ++who)
      s.spawn<talker>({.place = s.random(2) == 0 ? own_process : troupe::this_process}, who, box)
          .tell<&talker::say>(0, sent);
    s.run_until_idle();
    for (int who = 0; who < 3; ++who)
      REQUIRE(box.ask<&recorder::heard_from>(who).get() == up_to(sent));
  });
}

TEST_CASE("a box that rejects throws at whoever tells it here, and drops what comes from elsewhere") {
  each_seed(seeds(100), [](stage& s) {
    const auto box = small_box(s, overflow_policy::reject, troupe::this_process);
    for (int i = 0; i < static_cast<int>(capacity); ++i)
      box.tell<&recorder::hear>(0, i);
    REQUIRE_THROWS_AS((box.tell<&recorder::hear>(0, 99)), troupe::queue_full);
    REQUIRE(hear(s, box) == up_to(capacity));
  });
  each_seed(seeds(100), [](stage& s) {
    const auto box = small_box(s, overflow_policy::reject, own_process);
    for (int i = 0; i < sent; ++i)
      REQUIRE_NOTHROW(box.tell<&recorder::hear>(0, i));
    const auto heard = hear(s, box);
    REQUIRE(heard.size() >= capacity);
    REQUIRE(is_part_in_order(heard));
  });
}

TEST_CASE("what is asked of a full box that rejects fails") {
  with_small_box(overflow_policy::reject, [](stage& s, const actor_ref<recorder>& box) {
    std::vector<troupe::reply<lines>> answers;
    for (int i = 0; i < sent; ++i)
      answers.push_back(box.ask<&recorder::noted>());
    s.run_until_idle();
    std::size_t refused = 0;
    for (auto& a : answers)
      try {
        static_cast<void>(a.get());
      } catch (const troupe::queue_full&) {
        ++refused;
      }
    REQUIRE(refused <= sent - capacity);
  });
}

TEST_CASE("a box that drops the newest keeps what came first") {
  with_small_box(overflow_policy::drop_newest, [](stage& s, const actor_ref<recorder>& box) {
    for (int i = 0; i < sent; ++i)
      box.tell<&recorder::hear>(0, i);
    const auto heard = hear(s, box);
    REQUIRE(heard.size() >= capacity);
    REQUIRE(numbers(heard.begin(), heard.begin() + capacity) == up_to(capacity));
    REQUIRE(is_part_in_order(heard));
  });
}

TEST_CASE("a box that drops the oldest has what came last") {
  with_small_box(overflow_policy::drop_oldest, [](stage& s, const actor_ref<recorder>& box) {
    for (int i = 0; i < sent; ++i)
      box.tell<&recorder::hear>(0, i);
    const auto heard = hear(s, box);
    REQUIRE(heard.size() >= capacity);
    for (std::size_t last = 1; last <= capacity; ++last)
      REQUIRE(heard[heard.size() - last] == sent - static_cast<int>(last));
    REQUIRE(is_part_in_order(heard));
  });
}

TEST_CASE("whoever waits for room in a box that makes none gives up after 30 s, which cost nothing") {
  stage s{1};
  const auto box = small_box(s, overflow_policy::block, troupe::this_process);
  s.freeze(s.process_of(box));
  for (int i = 0; i < static_cast<int>(capacity); ++i)
    box.tell<&recorder::hear>(0, i);
  CHECK_THROWS_AS((box.tell<&recorder::hear>(0, 99)), troupe::queue_full);
  CHECK(s.now() == 30s);
}

TEST_CASE(
    "an ask of a box that makes no room ends at its deadline; the next waits while the first may be answered") {
  stage s{1};
  const auto box = small_box(s, overflow_policy::block, troupe::this_process);
  s.freeze(s.process_of(box));
  for (int i = 0; i < static_cast<int>(capacity); ++i)
    box.tell<&recorder::hear>(0, i);
  auto beyond = box.ask<&recorder::heard_from>(0);
  CHECK(s.now() == 20ms);
  auto refused = box.ask<&recorder::heard_from>(0);
  CHECK(s.now() == 30s + 40ms);
  CHECK_THROWS_AS(refused.get(1s), troupe::queue_full);
  CHECK_THROWS_AS(beyond.get(1s), troupe::timeout_error);
  CHECK(s.now() == 31s + 40ms);
  CHECK_THROWS_AS(box.ask<&recorder::heard_from>(0).get(1s), troupe::queue_full);
  CHECK(s.now() == 31s + 60ms);
}

TEST_CASE("an ask of a supervised actor for which too much waits already ends at its deadline") {
  stage s{1};
  troupe::supervisor sup{s, {.log = false}};
  const auto clerk =
      sup.add<counter>({.id = "clerk", .backoff = {.base = 20s}, .mailbox = {.capacity = capacity}}, 1);
  clerk.tell<&counter::crash>();
  s.run_until_idle();
  for (int i = 0; i < static_cast<int>(capacity); ++i)
    clerk.tell<&counter::add>(1);
  const auto before = s.now();
  auto beyond = clerk.ask<&counter::total>();
  CHECK_THROWS_AS(beyond.get(1s), troupe::timeout_error);
  CHECK_THROWS_AS(clerk.ask<&counter::total>().get(1s), troupe::queue_full);
  CHECK(s.now() == before + 1s + 40ms);
  CHECK(beyond.get() == 4);
}

TEST_CASE("whoever tells from elsewhere waits for room, too, while a supervised actor is being restarted") {
  stage s{1};
  troupe::supervisor sup{s, {.log = false}};
  const auto box =
      sup.add<recorder>({.id = "box", .backoff = {.base = 20s}, .mailbox = {.capacity = capacity}});
  const auto elsewhere = s.spawn<talker>({.place = own_process}, 0, box);
  box.stop();
  s.run_until_idle();
  CHECK(s.now() == 0s);
  elsewhere.tell<&talker::say>(0, sent);
  s.run_until_idle();
  CHECK(s.now() == 20s);
  CHECK(box.ask<&recorder::heard_from>(0).get() == up_to(sent));
}

TEST_CASE("whoever asks for the end of a supervised actor is told, however much waits for it already") {
  for (const auto policy : {overflow_policy::block, overflow_policy::reject, overflow_policy::drop_newest,
                            overflow_policy::drop_oldest}) {
    stage s{1};
    troupe::supervisor sup{s, {.log = false}};
    const auto clerk = sup.add<counter>(
        {.id = "clerk", .backoff = {.base = 20s}, .mailbox = {.capacity = capacity, .overflow = policy}}, 1);
    clerk.tell<&counter::crash>();
    s.run_until_idle();
    auto first = clerk.when_down();
    for (int i = 0; i < static_cast<int>(capacity); ++i)
      clerk.tell<&counter::add>(1);
    const auto before = s.now();
    auto last = clerk.when_down();
    CHECK(s.now() == before);
    if (policy == overflow_policy::drop_oldest)
      clerk.tell<&counter::add>(10); // instead of the first
    clerk.stop();
    CHECK(first.get().kind == troupe::exit_kind::stopped);
    CHECK(last.get().kind == troupe::exit_kind::stopped);
    CHECK(clerk.ask<&counter::total>().get() == 1); // the next one
  }
}
