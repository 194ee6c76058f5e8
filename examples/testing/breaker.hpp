// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/troupe.hpp>

#include <map>
#include <stdexcept>
#include <string>
#include <utility>

using namespace std::chrono_literals;

/// Knows prices. In a test, and perhaps in life, it is in a process of its own, and may be slow or lost.
class shop : public troupe::actor {
 public:
  int price(const std::string& item) const { return static_cast<int>(item.size()); }
};

struct circuit_open : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A circuit breaker: it asks one of two shops and, when that is lost, the other one. After a second
/// without an answer it fails with timeout_error, and all questions of the next hour at once with circuit_open.
class breaker : public troupe::actor {
 public:
  breaker(troupe::actor_ref<shop> first, troupe::actor_ref<shop> second)
      : shops_{std::move(first), std::move(second)} {}

  troupe::promise<int> price(const std::string& item) {
    if (open_)
      throw circuit_open("no answer lately");
    const int number = ++questions_;
    after(1s, [this, number] { give_up(number); });
    self().tell<&breaker::fetch>(number, item);
    return waiting_[number];
  }
  troupe::task<void> fetch(int number, std::string item) {
    while (waiting_.contains(number)) {
      try {
        const int price = co_await shops_[current_].ask<&shop::price>(item);
        if (auto found = waiting_.extract(number))
          found.mapped().set(price);
        co_return;
      } catch (const troupe::actor_down&) {
        current_ = 1 - current_;
      }
      co_await after(100ms); // when both are lost, do not spin
    }
  }

 private:
  void give_up(int number) {
    auto found = waiting_.extract(number);
    if (!found)
      return;
    found.mapped().fail(troupe::timeout_error("no shop has answered"));
    open_ = true;
    after(1h, [this] { open_ = false; });
  }

  troupe::actor_ref<shop> shops_[2];
  int current_ = 0, questions_ = 0;
  std::map<int, troupe::promise<int>> waiting_;
  bool open_ = false;
};
