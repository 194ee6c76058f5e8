// SPDX-License-Identifier: BSD-3-Clause
// What travels to an actor and back: the same, whether it is in this process or in another.
#include "framework/actor/places.hpp"

#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string_view>
#include <unordered_set>

using namespace test_support;

namespace {

struct no_such_row final : std::runtime_error {
  using std::runtime_error::runtime_error;
};
const bool registered = troupe::register_exception<no_such_row>("no_such_row");

struct alignas(64) line {
  int value = 0;
};

class store_base : public troupe::actor {
 public:
  virtual std::string kind() const { return "base"; }
  int twice(int x) const { return 2 * x; }
};

class store final : public store_base {
 public:
  explicit store(int start = 0) : total_{start} {}

  std::string kind() const override { return "derived"; }
  void add(int k) { total_ += k; }
  int total() const noexcept { return total_; }

  std::string echo(const std::string& text) { return text; }
  std::string shout(std::string_view text) const { return std::string{text} + "!"; }
  std::size_t length(const char* text) const { return std::string_view{text}.size(); }
  long sum(std::vector<long> numbers) const { return std::accumulate(numbers.begin(), numbers.end(), 0L); }
  long sum_of_span(std::span<const long> numbers) const {
    return std::accumulate(numbers.begin(), numbers.end(), 0L);
  }
  double half(double x) const { return x / 2; }
  bool is_aligned(const line& l) const { return reinterpret_cast<std::uintptr_t>(&l) % alignof(line) == 0; }
  std::unique_ptr<int> increment(std::unique_ptr<int> number) const {
    ++*number;
    return number;
  }
  std::string&& consume(std::string&& text) { return std::move(text_ = std::move(text)); }

  const std::string& text() const { return text_; }
  int& cell() { return total_; }

  int put(int x) { return x + 1; }
  std::string put(const std::string& x) { return x + "1"; }
  bool put(int, int) const { return true; }

  troupe::outcome<int> checked(int x) const {
    if (x < 0)
      return troupe::failure::of(std::domain_error{"negative"});
    return x;
  }
  int row(int number) const { throw std::out_of_range("no row " + std::to_string(number)); }
  void table_row() const { throw no_such_row("7"); }

  void take(int i) { in_order_ = in_order_ && i == taken_++; }
  int taken_in_order() const { return in_order_ ? taken_ : -1; }

  troupe::actor_ref<store> me() const { return self(); }
  void add_to_self(int k) { self().tell<&store::add>(k); }

 private:
  int total_;
  std::string text_ = "initial";
  int taken_ = 0;
  bool in_order_ = true;
};

} // namespace

TEST_CASE("an actor handles what it is told before what it is asked afterwards") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<store>({.place = place}, 5);
    CHECK(ref.ask<&store::total>().get(10s) == 5);
    ref.tell<&store::add>(3);
    ref.tell<&store::add>(-1);
    CHECK(ref.ask<&store::total>().get(10s) == 7);
    CHECK_NOTHROW(ref.ask<&store::add>(10).get(10s)); // void: it has been handled
    CHECK(ref.ask<&store::total>().get() == 17);
  });
}

TEST_CASE("text becomes what the member function takes, however it is given") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<store>({.place = place});
    const std::string text = "long enough that it is not stored within the string";
    CHECK(ref.ask<&store::echo>("literal").get(10s) == "literal");
    CHECK(ref.ask<&store::echo>(std::string_view{text}).get(10s) == text);
    CHECK(ref.ask<&store::echo>(text).get(10s) == text);
    CHECK(ref.ask<&store::shout>("view").get(10s) == "view!");
    CHECK(ref.ask<&store::shout>(text + text).get(10s) ==
          text + text + "!"); // the temporary has gone by then
    CHECK(ref.ask<&store::length>("four").get(10s) == 4);
    CHECK(ref.ask<&store::consume>("kept").get(10s) == "kept");
    CHECK(ref.ask<&store::echo>(std::string("\0in the middle", 14)).get(10s).size() == 14);
  });
}

TEST_CASE("numbers, spans and owning pointers become what the member function takes") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<store>({.place = place});
    const std::vector<long> numbers{1, 2, 3};
    CHECK(ref.ask<&store::sum>(numbers).get(10s) == 6);
    CHECK(ref.ask<&store::sum>(std::span{numbers}.subspan(1)).get(10s) == 5);
    CHECK(ref.ask<&store::sum_of_span>(std::span{numbers}.first(2)).get(10s) == 3);
    CHECK(ref.ask<&store::sum_of_span>(std::vector<long>{40, 2}).get(10s) == 42);
    CHECK(ref.ask<&store::half>(5).get(10s) == 2.5);
    std::vector<troupe::reply<bool>> answers; // several: one alone might be aligned by chance
    for (int i = 0; i < 8; ++i)
      answers.push_back(ref.ask<&store::is_aligned>(line{i}));
    for (auto& aligned : answers)
      CHECK(aligned.get(10s));
    CHECK(*ref.ask<&store::increment>(std::make_unique<int>(41)).get(10s) == 42);
  });
}

TEST_CASE("what a member function returns by reference is copied") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<store>({.place = place}, 1);
    auto text = ref.ask<&store::text>().get(10s);
    static_assert(std::is_same_v<decltype(text), std::string>);
    int cell = ref.ask<&store::cell>().get(10s);
    cell += 10;
    text += "changed here";
    CHECK(ref.ask<&store::text>().get(10s) == "initial");
    CHECK(ref.ask<&store::total>().get(10s) == 1);
  });
}

TEST_CASE("inherited members are called, and virtual ones as the object has them") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<store>({.place = place});
    const troupe::actor_ref<store_base> base = ref;
    CHECK(ref.ask<&store::twice>(4).get(10s) == 8);
    CHECK(base.ask<&store_base::twice>(5).get(10s) == 10);
    CHECK(base.ask<&store_base::kind>().get(10s) == "derived");
    CHECK(ref.ask<&store_base::kind>().get(10s) == "derived");
    CHECK(base == ref);
  });
}

TEST_CASE("an overload is picked by its parameters") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<store>({.place = place});
    CHECK(ref.ask<troupe::overload<int>(&store::put)>(5).get(10s) == 6);
    CHECK(ref.ask<troupe::overload<const std::string&>(&store::put)>("5").get(10s) == "51");
    CHECK(ref.ask<troupe::overload<int, int>(&store::put)>(1, 2).get(10s));
  });
}

TEST_CASE("an outcome is the answer or the failure that it holds") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<store>({.place = place});
    CHECK(ref.ask<&store::checked>(3).get(10s) == 3);
    auto failed = ref.ask<&store::checked>(-3);
    CHECK(text_of_failure<std::domain_error>(failed) == "negative");
  });
}

TEST_CASE("10,000 messages from one sender arrive in the order in which they were sent") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<store>({.place = place});
    for (int i = 0; i < 10'000; ++i)
      ref.tell<&store::take>(i);
    CHECK(ref.ask<&store::taken_in_order>().get(10s) == 10'000);
  });
}

TEST_CASE("what a handler throws reaches whoever asked with its type, and the actor goes on") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<store>({.place = place}, 5);
    auto failed = ref.ask<&store::row>(7);
    CHECK(text_of_failure<std::out_of_range>(failed) == "no row 7");
    CHECK_THROWS_AS(ref.ask<&store::table_row>().get(10s), no_such_row);
    CHECK(ref.ask<&store::total>().get(10s) == 5);
  });
}

TEST_CASE("what a handler throws that nobody waits for ends the actor, and is the reason") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<store>({.place = place});
    auto end = ref.when_down();
    ref.tell<&store::row>(7);
    const auto reason = end.get(10s);
    CHECK(reason.kind == troupe::exit_kind::exception);
    CHECK(reason.text == "std::out_of_range: no row 7");
    CHECK(troupe::is_abnormal(reason));
    CHECK_THROWS_AS(ref.ask<&store::total>().get(10s), troupe::actor_down);
  });
}

TEST_CASE("an actor knows a reference to itself, equal to those that others have") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<store>({.place = place}, 1);
    const auto other = rt.spawn<store>({.place = place});
    const auto me = ref.ask<&store::me>().get(10s);
    CHECK(me == ref);
    CHECK(me != other);
    CHECK(ref != troupe::actor_ref<store>{});
    const std::unordered_set<troupe::actor_ref<store>> all{ref, me, other};
    CHECK(all.size() == 2);
    me.ask<&store::add_to_self>(4).get(10s);
    CHECK(ref.ask<&store::total>().get(10s) == 5);
  });
}

TEST_CASE("the answer to a question is taken once") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<store>({.place = place}, 3);
    auto answer = ref.ask<&store::total>();
    CHECK(answer.wait(10s));
    CHECK(answer.ready());
    CHECK(answer.get(0s) == 3);
    CHECK_THROWS_AS(answer.get(0s), troupe::usage_error);
  });
}
