// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "support/repeat.hpp"

#include <troupe/test.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

/// Who plays on the stages of these tests.

namespace cast {

using namespace std::chrono_literals;
using test_support::seeds;
using troupe::actor_ref;
using troupe::own_process;
using troupe::test::each_seed;
using troupe::test::stage;

using numbers = std::vector<int>;
using lines = std::vector<std::string>;

class counter : public troupe::actor {
 public:
  explicit counter(int start) : n_{start} {}
  void add(int k) { n_ += k; }
  int total() const { return n_; }
  int fail() { throw std::out_of_range("no such number"); }
  void crash() { throw std::runtime_error("crashed"); }
  void leave() { stop(); }
  /// What waits on the stack.
  int total_of(const actor_ref<counter>& other) { return n_ + other.ask<&counter::total>().get(); }
  /// What does not.
  troupe::task<int> sum_with(actor_ref<counter> other) {
    const int theirs = co_await other.ask<&counter::total>();
    co_return n_ + theirs;
  }
  troupe::promise<int> never() {
    kept_.emplace_back();
    return kept_.back();
  }

 private:
  int n_;
  std::vector<troupe::promise<int>> kept_;
};

/// Notes what it hears, and what becomes of others.
class recorder final : public troupe::actor {
 public:
  void hear(int who, int what) { heard_.emplace_back(who, what); }
  void note(std::string line) { lines_.push_back(std::move(line)); }
  void watch(actor_ref<counter> other) {
    monitor(other, [this](const troupe::down& d) { note("down: " + to_string(d.reason)); });
  }
  void tie(const actor_ref<counter>& other) { link(other); }
  void tie_to_recorder(const actor_ref<recorder>& other) { link(other); }

  std::vector<std::pair<int, int>> heard() const { return heard_; }
  numbers heard_from(int who) const {
    numbers all;
    for (const auto& [speaker, what] : heard_)
      if (speaker == who)
        all.push_back(what);
    return all;
  }
  lines noted() const { return lines_; }

 private:
  std::vector<std::pair<int, int>> heard_;
  lines lines_;
};

/// Says 0, 1, 2 … to somebody, one thing each time it has its turn.
class talker final : public troupe::actor {
 public:
  talker(int who, actor_ref<recorder> to) : who_{who}, to_{std::move(to)} {}
  void say(int from, int to) {
    if (from == to)
      return;
    to_.tell<&recorder::hear>(who_, from);
    self().tell<&talker::say>(from + 1, to);
  }

 private:
  int who_;
  actor_ref<recorder> to_;
};

inline numbers up_to(int count) {
  numbers all;
  for (int i = 0; i < count; ++i)
    all.push_back(i);
  return all;
}

inline bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
inline bool any_mentions(const lines& all, const std::string& part) {
  return std::any_of(all.begin(), all.end(), [&](const auto& line) { return mentions(line, part); });
}

/// What the exception says that `f` throws, which is an E.
template <class E, class F>
std::string text_of(F&& f) {
  try {
    f();
  } catch (const E& e) {
    return e.what();
  }
  return "nothing was thrown";
}

} // namespace cast
