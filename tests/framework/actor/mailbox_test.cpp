// SPDX-License-Identifier: BSD-3-Clause
// Mailboxes with a bound, of actors of this process, and what happens when they are full.
#include "framework/actor/places.hpp"

#include "support/repeat.hpp"

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <thread>

using namespace test_support;
using troupe::overflow_policy;

namespace {

/// Holds an actor in a handler.
struct latch {
  std::promise<void> entered;
  std::promise<void> opened;

  void open() { opened.set_value(); }
  void pass() {
    auto open = opened.get_future();
    entered.set_value();
    open.wait();
  }
};

/// Outlives the box.
struct doors {
  latch door;
  latch earlier;
  std::promise<void> box_gone;
};

class box final : public troupe::actor {
 public:
  explicit box(std::shared_ptr<doors> d) : doors_{std::move(d)} {}
  ~box() override { doors_->box_gone.set_value(); }

  void hold() { doors_->door.pass(); }
  void hold_earlier() { doors_->earlier.pass(); }
  void hold_and_stop() {
    hold();
    stop();
  }
  void hold_over_a_timer() {
    after(0s, [this] { timers_called_ += 1; });
    hold();
  }
  void put(int x) {
    const troupe::actor_ref<box> me = self();
    longest_ = std::max(longest_, me.internals()->host()->mailbox_size());
    got_.push_back(x);
  }
  int put_and_answer(int x) {
    got_.push_back(x);
    return x;
  }
  std::vector<int> got() const { return got_; }
  std::size_t longest() const { return longest_; }
  int timers_called() const { return timers_called_; }
  void put_to_self(int count) {
    for (int i = 0; i < count; ++i)
      self().tell<&box::put>(i);
  }

 private:
  const std::shared_ptr<doors> doors_;
  std::vector<int> got_;
  std::size_t longest_ = 0;
  int timers_called_ = 0;
};

/// A job that does not count.
struct nothing final : troupe::detail::host_job {
  void run(troupe::detail::actor_host&) override {}
};

using numbers = std::vector<int>;

/// A box that is held in a handler, in a runtime of its own.
struct held_box {
  held_box(troupe::runtime& rt, overflow_policy policy, std::size_t capacity)
      : ref{rt.spawn<box>({.mailbox = {.capacity = capacity, .overflow = policy}}, both)} {}

  template <auto handler = &box::hold>
  void hold() {
    ref.tell<handler>();
    door.entered.get_future().wait();
  }
  /// Holds it in its next handler, where it has taken out what waited at the end of this one.
  void hold_later() {
    earlier.open();
    door.entered.get_future().wait();
  }
  std::size_t waiting() const { return ref.internals()->host()->mailbox_size(); }

  const std::shared_ptr<doors> both = std::make_shared<doors>();
  latch& door = both->door;
  latch& earlier = both->earlier;
  troupe::actor_ref<box> ref;
};

/// Runs `body(box)` with a mailbox for three that holds 0, 1, 2. The box has taken none of them out, or two.
template <class Body>
void with_full_box(overflow_policy policy, Body&& body) {
  for (const bool taken : {false, true}) {
    CAPTURE(taken);
    in_runtime(20s, [&](troupe::runtime& rt) {
      held_box held{rt, policy, 3};
      if (taken) {
        held.ref.tell<&box::hold_earlier>();
        held.earlier.entered.get_future().wait();
        held.ref.tell<&box::hold>();
      } else {
        held.hold();
      }
      for (int i = 0; i < 2; ++i)
        held.ref.tell<&box::put>(i);
      if (taken)
        held.hold_later();
      held.ref.tell<&box::put>(2);
      REQUIRE(held.waiting() == 3);
      body(held);
    });
  }
}

/// Tells a box from a process of its own.
class teller final : public troupe::actor {
 public:
  void tell_all(troupe::actor_ref<box> to, int count) {
    for (int i = 0; i < count; ++i)
      to.tell<&box::put>(i);
  }
};

} // namespace

TEST_CASE("whoever will not wait long for room in a full mailbox is told so while it is full") {
  with_full_box(overflow_policy::block, [](held_box& held) {
    CHECK_THROWS_AS(held.ref.within(10ms).tell<&box::put>(3), troupe::queue_full);
    CHECK(held.waiting() == 3);
    held.door.open();
    held.ref.within(10s).tell<&box::put>(4);
    CHECK(held.ref.within(10s).ask<&box::got>().get(10s) == numbers{0, 1, 2, 4});
  });
}

TEST_CASE("a full mailbox that rejects throws at whoever tells, and fails what is asked") {
  with_full_box(overflow_policy::reject, [](held_box& held) {
    CHECK_THROWS_AS(held.ref.tell<&box::put>(3), troupe::queue_full);
    auto refused = held.ref.ask<&box::put_and_answer>(4);
    CHECK(refused.ready());
    CHECK_THROWS_AS(refused.get(10s), troupe::queue_full);
    held.door.open();
    CHECK(eventually(10s, [&] { return held.waiting() == 0; }));
    CHECK_NOTHROW(held.ref.tell<&box::put>(5));
    CHECK(held.ref.ask<&box::got>().get(10s) == numbers{0, 1, 2, 5});
  });
}

TEST_CASE("a full mailbox that drops the newest keeps what it has, and fails what is asked") {
  with_full_box(overflow_policy::drop_newest, [](held_box& held) {
    CHECK_NOTHROW(held.ref.tell<&box::put>(3));
    auto refused = held.ref.ask<&box::put_and_answer>(4);
    CHECK_THROWS_AS(refused.get(10s), troupe::queue_full);
    CHECK(held.waiting() == 3);
    held.door.open();
    CHECK(eventually(10s, [&] { return held.waiting() == 0; }));
    CHECK(held.ref.ask<&box::got>().get(10s) == numbers{0, 1, 2});
  });
}

TEST_CASE("a full mailbox that drops the oldest keeps what came last, and fails what was asked first") {
  with_full_box(overflow_policy::drop_oldest, [](held_box& held) {
    auto asked = held.ref.ask<&box::put_and_answer>(3); // drops 0
    for (const int i : {4, 5})                          // drops 1 and 2
      held.ref.tell<&box::put>(i);
    CHECK_FALSE(asked.ready());
    held.ref.tell<&box::put>(6); // drops what was asked
    CHECK_THROWS_AS(asked.get(10s), troupe::queue_full);
    CHECK(held.waiting() == 3);
    held.door.open();
    CHECK(eventually(10s, [&] { return held.waiting() == 0; }));
    CHECK(held.ref.ask<&box::got>().get(10s) == numbers{4, 5, 6});
  });
}

TEST_CASE("a mailbox for one that drops the oldest never drops the newest") {
  in_runtime(20s, [](troupe::runtime& rt) {
    held_box held{rt, overflow_policy::drop_oldest, 1};
    const auto host = held.ref.internals()->host();
    for (int i = 0; i < 50'000; ++i) {
      host->push(std::make_unique<nothing>()); // so that it takes out more than one at a time
      auto newest = held.ref.ask<&box::put_and_answer>(i);
      if (newest.ready())
        REQUIRE(newest.get() == i); // queue_full: it was dropped, and nothing newer has been sent
    }
  });
}

TEST_CASE(
    "whoever tells a full mailbox that blocks waits until there is room, and never exceeds its capacity") {
  with_full_box(overflow_policy::block, [](held_box& held) {
    std::atomic<int> sent{3};
    std::thread teller{[&] {
      for (; sent < 2000; ++sent)
        held.ref.tell<&box::put>(sent);
    }};
    std::this_thread::yield();
    CHECK(sent == 3);
    CHECK(held.waiting() == 3);
    held.door.open();
    teller.join();
    const auto got = held.ref.ask<&box::got>().get(10s);
    CHECK(got.size() == 2000);
    CHECK(std::is_sorted(got.begin(), got.end()));
    CHECK(held.ref.ask<&box::longest>().get(10s) <= 3);
  });
}

TEST_CASE("senders that wait at once for room in a mailbox that blocks all get in, each in its order") {
  repeat(10, [](random_source& random) {
    in_runtime(20s, [&](troupe::runtime& rt) {
      constexpr int senders = 4, each = 500;
      const auto capacity = static_cast<std::size_t>(1 + random_below(random, 4));
      held_box held{rt, overflow_policy::block, capacity};
      std::vector<std::future<void>> sending;
      for (int s = 0; s < senders; ++s)
        sending.push_back(std::async(std::launch::async, [&held, s] {
          for (int i = s * each; i < (s + 1) * each; ++i)
            if (i % 50 != 0)
              held.ref.tell<&box::put>(i);
            else // waits for room, and then for the answer
              static_cast<void>(held.ref.ask<&box::put_and_answer>(i).get(10s));
        }));
      for (auto& sender : sending)
        sender.get();
      auto got = held.ref.ask<&box::got>().get(10s);
      CHECK(got.size() == senders * each);
      std::stable_sort(got.begin(), got.end(), [](int a, int b) { return a / each < b / each; });
      CHECK(std::is_sorted(got.begin(), got.end()));                      // by sender, and then as sent
      CHECK(held.ref.ask<&box::longest>().get(10s) < capacity + senders); // each may have seen the same room
    });
  });
}

TEST_CASE("an ask of a full mailbox that blocks ends at its deadline, and the next does not wait behind it") {
  with_full_box(overflow_policy::block, [](held_box& held) {
    auto beyond = held.ref.ask<&box::put_and_answer>(3);
    CHECK(held.waiting() == 4);
    CHECK_THROWS_AS(beyond.get(10ms), troupe::timeout_error);
    auto next = held.ref.ask<&box::put_and_answer>(4);
    CHECK(next.ready());
    CHECK_THROWS_AS(next.get(), troupe::queue_full);
    auto other =
        std::async(std::launch::async, [&] { return held.ref.ask<&box::put_and_answer>(5).get(10s); });
    CHECK(eventually(10s, [&] { return held.waiting() == 5; }));
    held.door.open();
    CHECK(beyond.get(10s) == 3);
    CHECK(other.get() == 5);
    CHECK(held.ref.ask<&box::got>().get(10s) == numbers{0, 1, 2, 3, 5});
  });
}

TEST_CASE("whoever waits for room in the mailbox of an actor that ends is let go") {
  in_runtime(20s, [](troupe::runtime& rt) {
    held_box held{rt, overflow_policy::block, 1};
    held.hold<&box::hold_and_stop>();
    held.ref.tell<&box::put>(0);
    auto teller = std::async(std::launch::async, [&] { held.ref.tell<&box::put>(1); });
    auto asker = std::async(std::launch::async, [&] { held.ref.ask<&box::put_and_answer>(2).get(10s); });
    held.door.open();
    CHECK_NOTHROW(teller.get());
    CHECK_THROWS_AS(asker.get(), troupe::actor_down);
    held.ref.when_down().get(10s);
  });
}

TEST_CASE("whoever waits for room when the runtime ends is told that, and not that the mailbox was full") {
  struct sluggish final : troupe::actor {
    void work() {
      std::this_thread::sleep_for(200ms); // sleep: the work of a slow handler
    }
  };
  within(60s, [] {
    int stopped = 0;
    for (int round = 0; round < 3; ++round) {
      std::optional<troupe::runtime> rt{std::in_place, 0, nullptr};
      const auto slow = rt->spawn<sluggish>({.mailbox = {.capacity = 1}});
      std::atomic<bool> over{false};
      std::atomic<int> got_in{0};
      auto teller = std::async(std::launch::async, [&] {
        try {
          for (; !over; ++got_in)
            slow.tell<&sluggish::work>();
        } catch (const troupe::stopped&) {
          ++stopped;
        }
      });
      CHECK(eventually(10s,
                       [&] { return got_in >= 2; })); // one is being handled, one waits: no room for the next
      rt.reset();
      over = true;
      CHECK_NOTHROW(teller.get());
    }
    CHECK(stopped > 0);
  });
}

TEST_CASE("an actor that fills its own mailbox is not left waiting for itself") {
  in_runtime(20s, [](troupe::runtime& rt) {
    held_box held{rt, overflow_policy::block, 3};
    CHECK_NOTHROW(held.ref.ask<&box::put_to_self>(3).get(10s));
    CHECK(eventually(10s, [&] { return held.waiting() == 0; }));
    CHECK_THROWS_AS(held.ref.ask<&box::put_to_self>(4).get(10s), troupe::queue_full);
    CHECK(eventually(10s, [&] { return held.waiting() == 0; }));
    CHECK(held.ref.ask<&box::got>().get(10s) == numbers{0, 1, 2, 0, 1, 2});
  });
}

TEST_CASE("a stop passes a full mailbox, behind what was sent before") {
  for (const auto policy : {overflow_policy::reject, overflow_policy::drop_newest,
                            overflow_policy::drop_oldest, overflow_policy::block})
    with_full_box(policy, [](held_box& held) {
      auto answers = held.ref.when_down();
      held.ref.stop({.kind = troupe::exit_kind::stopped, .text = "full"});
      CHECK(held.waiting() == 4);
      CHECK_FALSE(answers.ready());
      held.door.open();
      CHECK(answers.get(10s).text == "full");
    });
}

TEST_CASE("a timer passes a full mailbox") {
  in_runtime(20s, [](troupe::runtime& rt) {
    held_box held{rt, overflow_policy::reject, 1};
    held.hold<&box::hold_over_a_timer>();
    CHECK(eventually(10s, [&] { return held.waiting() == 1; })); // the timer
    held.ref.tell<&box::put>(0);
    CHECK(held.waiting() == 2);
    CHECK_THROWS_AS(held.ref.tell<&box::put>(1), troupe::queue_full);
    held.door.open();
    CHECK(eventually(10s, [&] { return held.waiting() == 0; }));
    CHECK(held.ref.ask<&box::timers_called>().get(10s) == 1);
    CHECK(held.ref.ask<&box::got>().get(10s) == numbers{0});
  });
}

TEST_CASE("what another process sends to a mailbox that blocks all gets in, as sent") {
  repeat(5, [](random_source& random) {
    in_runtime(60s, [&](troupe::runtime& rt) {
      constexpr int count = 20'000;
      held_box held{rt, overflow_policy::block, static_cast<std::size_t>(1 + random_below(random, 8))};
      const auto other = rt.spawn<teller>({.place = troupe::own_process});
      other.ask<&teller::tell_all>(held.ref, count).get(60s);
      CHECK(eventually(60s, [&] { return held.ref.ask<&box::got>().get(10s).size() == count; }));
      const auto got = held.ref.ask<&box::got>().get(10s);
      CHECK(std::is_sorted(got.begin(), got.end()));
    });
  });
}

TEST_CASE("what waits for an actor that is given up fails at once, though its handler has not returned") {
  with_full_box(overflow_policy::drop_oldest, [](held_box& held) {
    auto behind = held.ref.ask<&box::put_and_answer>(3); // drops 0
    held.ref.internals()->host()->abandon({.kind = troupe::exit_kind::stopped, .text = "given up"});
    CHECK(held.waiting() == 0);
    CHECK_THROWS_AS(behind.get(10s), troupe::actor_down);
    held.door.open();
    CHECK(held.both->box_gone.get_future().wait_for(10s) == std::future_status::ready);
  });
}
