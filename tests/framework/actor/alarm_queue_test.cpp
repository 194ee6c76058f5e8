// SPDX-License-Identifier: BSD-3-Clause
#include "actor/alarm_queue.hpp"

#include "support/repeat.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <vector>

using troupe::detail::alarm_queue;
using troupe::detail::steady_time;
using namespace test_support;

namespace {

struct marked_job final : troupe::detail::host_job {
  explicit marked_job(int m) : mark{m} {}
  void run(troupe::detail::actor_host&) override {}
  int mark;
};

steady_time at(int ms) { return steady_time{} + std::chrono::milliseconds{ms}; }

alarm_queue::number add(alarm_queue& queue, int ms, int mark) {
  return queue.add(at(ms), {{}, std::make_unique<marked_job>(mark)});
}

/// The mark of the first that is due; -1 when none is.
int take(alarm_queue& queue, int ms) {
  const auto due = queue.take_due(at(ms));
  return due ? static_cast<marked_job&>(*due->job).mark : -1;
}

std::vector<int> take_all(alarm_queue& queue, int ms) {
  std::vector<int> marks;
  for (int mark = take(queue, ms); mark != -1; mark = take(queue, ms))
    marks.push_back(mark);
  return marks;
}

using marks = std::vector<int>;

/// What an alarm_queue should do, done slowly.
class slow_model {
 public:
  void add(int ms, int mark) { by_time_.emplace(ms, mark); } // equal keys keep their order
  bool cancel(int mark) {
    for (auto i = by_time_.begin(); i != by_time_.end(); ++i)
      if (i->second == mark) {
        by_time_.erase(i);
        return true;
      }
    return false;
  }
  int take(int ms) {
    if (by_time_.empty() || by_time_.begin()->first > ms)
      return -1;
    const int mark = by_time_.begin()->second;
    by_time_.erase(by_time_.begin());
    return mark;
  }
  steady_time next() const {
    return by_time_.empty() ? troupe::detail::forever_from_now : at(by_time_.begin()->first);
  }
  std::size_t size() const { return by_time_.size(); }

 private:
  std::multimap<int, int> by_time_;
};

/// Adds, cancels or takes in both, and compares. `numbers`: of all alarms there ever were, by their marks.
void step(random_source& random, alarm_queue& queue, slow_model& model,
          std::vector<alarm_queue::number>& numbers) {
  const int what = random_below(random, 8);
  const int ms = random_below(random, 50); // many at the same moment
  if (what < 4) {
    const int mark = static_cast<int>(numbers.size());
    numbers.push_back(add(queue, ms, mark));
    model.add(ms, mark);
  } else if (what < 6 && !numbers.empty()) {
    const int mark = random_below(random, static_cast<int>(numbers.size())); // gone ones too
    REQUIRE(queue.cancel(numbers[static_cast<std::size_t>(mark)]) == model.cancel(mark));
  } else {
    REQUIRE(take(queue, ms) == model.take(ms));
  }
  REQUIRE(queue.size() == model.size());
  REQUIRE(queue.next() == model.next());
}

} // namespace

TEST_CASE("an empty alarm queue is never due") {
  alarm_queue queue;
  CHECK(queue.next() == troupe::detail::forever_from_now);
  CHECK_FALSE(queue.take_due(troupe::detail::forever_from_now));
  CHECK_FALSE(queue.cancel(0));
  CHECK_FALSE(queue.cancel(alarm_queue::number{1} << 32));
}

TEST_CASE("alarms come in the order of their times, and none too early") {
  alarm_queue queue;
  for (const int ms : {50, 20, 40, 10, 30, 60})
    add(queue, ms, ms);
  CHECK(queue.next() == at(10));
  CHECK(take_all(queue, 9).empty());
  CHECK(take_all(queue, 30) == marks{10, 20, 30});
  CHECK(queue.next() == at(40));
  CHECK(take_all(queue, 1000) == marks{40, 50, 60});
  CHECK(queue.size() == 0);
}

TEST_CASE("alarms of one moment come in the order in which they were added") {
  alarm_queue queue;
  marks expected;
  for (int i = 0; i < 100; ++i) {
    add(queue, 7, i);
    expected.push_back(i);
  }
  CHECK(take_all(queue, 7) == expected);
}

TEST_CASE("an alarm can be cancelled wherever it is in the queue, once") {
  constexpr int count = 30;
  for (int which = 0; which < count; ++which) {
    alarm_queue queue;
    std::vector<alarm_queue::number> numbers;
    marks expected;
    for (int i = 0; i < count; ++i) {
      const int ms = i * 17 % count; // in no order
      numbers.push_back(add(queue, ms, ms));
    }
    for (int ms = 0; ms < count; ++ms)
      if (ms != which * 17 % count)
        expected.push_back(ms);
    const auto number = numbers[static_cast<std::size_t>(which)];
    CHECK(queue.cancel(number));
    CHECK_FALSE(queue.cancel(number));
    CHECK(take_all(queue, count) == expected);
  }
}

TEST_CASE("the number of an alarm that was taken cancels nothing") {
  alarm_queue queue;
  const auto number = add(queue, 1, 1);
  CHECK(take(queue, 1) == 1);
  CHECK_FALSE(queue.cancel(number));
}

TEST_CASE("an old number does not cancel the alarm that uses its slot now") {
  alarm_queue queue;
  const auto first = add(queue, 1, 1);
  CHECK(queue.cancel(first));
  const auto second = add(queue, 2, 2);
  CHECK(static_cast<std::uint32_t>(second) == static_cast<std::uint32_t>(first)); // the same slot
  CHECK(second != first);
  CHECK_FALSE(queue.cancel(first));
  CHECK(take_all(queue, 5) == marks{2});
}

TEST_CASE("a cancelled alarm lets go of its job") {
  struct counted final : troupe::detail::host_job {
    explicit counted(int& a) : alive{a} { ++alive; }
    ~counted() override { --alive; }
    void run(troupe::detail::actor_host&) override {}
    int& alive;
  };
  int alive = 0;
  alarm_queue queue;
  const auto number = queue.add(at(1), {{}, std::make_unique<counted>(alive)});
  CHECK(alive == 1);
  queue.cancel(number);
  CHECK(alive == 0);
}

TEST_CASE("an alarm queue does what a sorted list would do") {
  repeat(10, [](random_source& random) {
    alarm_queue queue;
    slow_model model;
    std::vector<alarm_queue::number> numbers;
    for (int i = 0; i < 5000; ++i)
      step(random, queue, model, numbers);
    for (int left = 0; model.size() != 0 && left < 5000; ++left)
      REQUIRE(take(queue, 50) == model.take(50));
    CHECK(queue.size() == 0);
  });
}
