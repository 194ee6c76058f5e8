// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <deque>
#include <unordered_map>
#include <utility>

namespace troupe::detail {

/// What became of things: of those that were noted last. The first note on each counts.
template <class Key, class Value>
class recent {
 public:
  explicit recent(std::size_t most) : most_{most} {}

  void note(const Key& key, Value value) {
    if (!values_.emplace(key, std::move(value)).second)
      return;
    order_.push_back(key);
    if (order_.size() <= most_)
      return;
    values_.erase(order_.front());
    order_.pop_front();
  }
  /// Calls `f(key, value)` for up to `most` of them, the latest first.
  template <class F>
  void for_latest(std::size_t most, F f) const {
    for (auto key = order_.rbegin(); key != order_.rend() && most != 0; ++key, --most)
      f(*key, values_.at(*key));
  }
  /// Null when it is not known, or not any more.
  const Value* find(const Key& key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? nullptr : &found->second;
  }

 private:
  std::size_t most_;
  std::unordered_map<Key, Value> values_;
  std::deque<Key> order_; // the oldest first
};

} // namespace troupe::detail
