// SPDX-License-Identifier: BSD-3-Clause
// Answers that a handler gives later.
#include "framework/actor/places.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>

using namespace test_support;

namespace {

class counter_clerk final : public troupe::actor {
 public:
  troupe::promise<std::string> next() { return waiting_.emplace_back(); }
  void serve(std::string with) {
    waiting_.front().set(std::move(with));
    waiting_.pop_front();
  }
  void refuse() {
    waiting_.front().fail(std::domain_error("refused"));
    waiting_.pop_front();
  }
  void serve_twice() {
    waiting_.front().set("once");
    waiting_.front().set("twice");
  }
  void drop() { waiting_.clear(); }
  troupe::promise<std::string> same_again() { return waiting_.front(); }
  troupe::promise<std::string> lend() {
    lent.emplace();
    return lent.value();
  }
  static inline std::optional<troupe::promise<std::string>> lent;
  troupe::promise<bool> when_down(const troupe::actor_ref<counter_clerk>& other) {
    troupe::promise<bool> p;
    monitor(other, [p](const troupe::down&) { p.set(true); });
    return p;
  }

  troupe::promise<int> at_once() {
    troupe::promise<int> p;
    p.set(7);
    return p;
  }
  troupe::promise<int> failed_at_once() {
    troupe::promise<int> p;
    p.fail(std::domain_error("at once"));
    return p;
  }
  troupe::promise<int> twice_at_once() {
    troupe::promise<int> p;
    p.fail(std::domain_error("first"));
    p.set(2);
    return p;
  }
  troupe::promise<void> nothing() { return done_; }
  void finish_nothing() { done_.set(); }
  troupe::promise<std::unique_ptr<int>> owned() {
    troupe::promise<std::unique_ptr<int>> p;
    after(1ms, [p]() mutable { p.set(std::make_unique<int>(8)); });
    return p;
  }
  void finish() { stop(); }

 private:
  std::deque<troupe::promise<std::string>> waiting_;
  troupe::promise<void> done_;
};

using clerk = counter_clerk;

} // namespace

TEST_CASE("a promise is answered later, whenever the actor gets to it") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<clerk>({.place = place});
    auto first = ref.ask<&clerk::next>();
    auto second = ref.ask<&clerk::next>();
    CHECK_FALSE(first.wait(0s));
    ref.ask<&clerk::serve>("one").get(10s);
    CHECK(first.get(10s) == "one");
    CHECK_FALSE(second.ready());
    ref.tell<&clerk::serve>("two");
    CHECK(second.get(10s) == "two");
  });
}

TEST_CASE("a promise that a tell gets answers an ask that comes later") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<clerk>({.place = place});
    ref.tell<&clerk::nothing>();
    auto asked = ref.ask<&clerk::nothing>();
    CHECK_FALSE(asked.wait(0s));
    ref.tell<&clerk::finish_nothing>();
    CHECK_NOTHROW(asked.get(10s));
  });
}

TEST_CASE("a promise is answered before it is returned") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<clerk>({.place = place});
    CHECK(ref.ask<&clerk::at_once>().get(10s) == 7);
    CHECK_THROWS_AS(ref.ask<&clerk::failed_at_once>().get(10s), std::domain_error);
    CHECK_THROWS_AS(ref.ask<&clerk::twice_at_once>().get(10s), troupe::usage_error);
  });
}

TEST_CASE("a promise of nothing, and one of what can only be moved") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<clerk>({.place = place});
    auto done = ref.ask<&clerk::nothing>();
    CHECK_FALSE(done.wait(0s));
    ref.tell<&clerk::finish_nothing>();
    CHECK_NOTHROW(done.get(10s));
    CHECK(*ref.ask<&clerk::owned>().get(10s) == 8);
  });
}

TEST_CASE("a promise that is dropped tells whoever asked, and the actor lives") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<clerk>({.place = place});
    auto answer = ref.ask<&clerk::next>();
    ref.tell<&clerk::drop>();
    CHECK(contains(text_of_failure<troupe::actor_down>(answer), "let go of its promise"));
    CHECK(ref.ask<&clerk::at_once>().get(10s) == 7);
  });
}

TEST_CASE("a promise that fails is answered with that exception") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<clerk>({.place = place});
    auto answer = ref.ask<&clerk::next>();
    ref.tell<&clerk::refuse>();
    CHECK(text_of_failure<std::domain_error>(answer) == "refused");
  });
}

TEST_CASE("a promise that is answered twice is an error of the actor, and the first answer holds") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<clerk>({.place = place});
    auto answer = ref.ask<&clerk::next>();
    CHECK_THROWS_AS(ref.ask<&clerk::serve_twice>().get(10s), troupe::usage_error);
    CHECK(answer.get(10s) == "once");
  });
}

TEST_CASE("the promises of an actor that ends are answered with actor_down") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<clerk>({.place = place});
    std::vector<troupe::reply<std::string>> replies;
    for (int i = 0; i < 20; ++i)
      replies.push_back(ref.ask<&clerk::next>());
    ref.tell<&clerk::finish>();
    for (auto& r : replies)
      CHECK_THROWS_AS(r.get(10s), troupe::actor_down);
  });
}

TEST_CASE("a promise that others hold is answered when its actor ends") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto clerk = rt.spawn<counter_clerk>();
    auto answer = clerk.ask<&counter_clerk::lend>();
    auto answered = clerk.ask<&counter_clerk::at_once>();
    CHECK(answered.get(10s) == 7);
    clerk.stop();
    CHECK_THROWS_AS(answer.get(10s), troupe::actor_down);
    counter_clerk::lent->set("too late");
    counter_clerk::lent.reset();
  });
}

TEST_CASE("an answer to a reply that was dropped harms nobody, and is counted when it comes from elsewhere") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<clerk>({.place = place});
    CHECK(troupe::late_replies() == 0);
    { auto dropped = ref.ask<&clerk::next>(); }
    CHECK_THROWS_AS(ref.ask<&clerk::next>().get(1ms), troupe::timeout_error);
    ref.ask<&clerk::serve>("nobody").get(10s);
    ref.ask<&clerk::serve>("nobody").get(10s);
    auto kept = ref.ask<&clerk::next>();
    ref.tell<&clerk::serve>("somebody");
    CHECK(kept.get(10s) == "somebody");
    CHECK(troupe::late_replies() == (place.what() == troupe::placement::kind::own_process ? 2U : 0U));
  });
}

TEST_CASE("a promise that only a monitor holds goes with its actor, though the other lives on") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto other = rt.spawn<clerk>();
    const auto ref = rt.spawn<clerk>({.place = place});
    auto answer = ref.ask<&clerk::when_down>(other);
    CHECK_FALSE(answer.wait(10ms));
    ref.tell<&clerk::finish>();
    CHECK_THROWS_AS(answer.get(10s), troupe::actor_down);
    CHECK_FALSE(other.when_down().wait(1ms));
  });
}

TEST_CASE("a promise answers one question, and whoever gets it for a second is told so") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<clerk>({.place = place});
    auto first = ref.ask<&clerk::next>();
    CHECK_THROWS_AS(ref.ask<&clerk::same_again>().get(10s), troupe::usage_error);
    ref.tell<&clerk::serve>("first");
    CHECK(first.get(10s) == "first");
  });
}
