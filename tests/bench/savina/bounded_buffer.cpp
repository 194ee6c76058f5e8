// SPDX-License-Identifier: BSD-3-Clause
//
// Savina's BoundedBuffer: 40 producers and 40 consumers around an actor that holds at most 50 items.

#include "savina/places.hpp"
#include "savina/work.hpp"

#include <deque>

constexpr std::size_t producers = 40;
constexpr std::size_t consumers = 40;
constexpr std::size_t capacity = 50;

class producer;
class consumer;

class buffer : public troupe::actor {
 public:
  void put(troupe::actor_ref<producer> from, double item);
  /// Of a consumer that has nothing to do: at first, and after each item.
  void want(troupe::actor_ref<consumer> from);
  /// Answered when so many items have been consumed.
  troupe::promise<void> consumed(long items) {
    wants_missing_ = items + static_cast<long>(consumers);
    return consumed_;
  }

 private:
  std::deque<double> items_;
  std::deque<troupe::actor_ref<producer>> held_back_; // not asked for more while the buffer is full
  std::deque<troupe::actor_ref<consumer>> hungry_;
  long wants_missing_ = 0;
  troupe::promise<void> consumed_;
};

class producer : public troupe::actor {
 public:
  void start(troupe::actor_ref<buffer> to, long items) {
    to_ = to;
    left_ = items;
    go_on();
  }
  void go_on() {
    if (left_-- == 0)
      return;
    last_ = work::on(last_);
    to_.tell<&buffer::put>(self(), last_);
  }

 private:
  troupe::actor_ref<buffer> to_;
  long left_ = 0;
  double last_ = 0;
};

class consumer : public troupe::actor {
 public:
  void start(troupe::actor_ref<buffer> from) {
    from_ = from;
    from_.tell<&buffer::want>(self());
  }
  void take(double item) {
    ++taken_;
    last_ = work::on(last_ + item);
    from_.tell<&buffer::want>(self());
  }
  long taken() const { return taken_; }

 private:
  troupe::actor_ref<buffer> from_;
  long taken_ = 0;
  double last_ = 0;
};

void buffer::put(troupe::actor_ref<producer> from, double item) {
  if (hungry_.empty()) {
    items_.push_back(item);
  } else {
    hungry_.front().tell<&consumer::take>(item);
    hungry_.pop_front();
  }
  if (items_.size() < capacity)
    from.tell<&producer::go_on>();
  else
    held_back_.push_back(from);
}

void buffer::want(troupe::actor_ref<consumer> from) {
  if (--wants_missing_ == 0)
    consumed_.set();
  if (items_.empty())
    return hungry_.push_back(from);
  from.tell<&consumer::take>(items_.front());
  items_.pop_front();
  if (!held_back_.empty()) {
    held_back_.front().tell<&producer::go_on>();
    held_back_.pop_front();
  }
}

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"savina_bounded_buffer", "us", 10'000},
                    [&](troupe::runtime& rt, long items) {
                      bench::places places{rt, argc, argv};
                      const auto between = rt.spawn<buffer>({.place = places.next()});
                      std::vector<troupe::actor_ref<producer>> makers;
                      std::vector<troupe::actor_ref<consumer>> takers;
                      for (std::size_t i = 0; i < producers; ++i)
                        makers.push_back(rt.spawn<producer>({.place = places.next()}));
                      for (std::size_t i = 0; i < consumers; ++i)
                        takers.push_back(rt.spawn<consumer>({.place = places.next()}));
                      const auto all = items * static_cast<long>(producers);

                      const auto start = bench::clock::now();
                      auto consumed = between.ask<&buffer::consumed>(all);
                      for (const auto& one : takers)
                        one.tell<&consumer::start>(between);
                      for (const auto& one : makers)
                        one.tell<&producer::start>(between, items);
                      consumed.get();
                      const double seconds = bench::seconds_since(start);
                      long taken = 0;
                      for (const auto& one : takers)
                        taken += one.ask<&consumer::taken>().get();
                      bench::require(taken == all, "items");
                      return bench::result{seconds / static_cast<double>(all) * 1e6};
                    });
}
