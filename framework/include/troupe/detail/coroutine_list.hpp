// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <coroutine>
#include <cstddef>

namespace troupe::detail {

/// A coroutine that can be in a list: part of its promise.
struct listed_coroutine {
  std::coroutine_handle<> self{};
  listed_coroutine* before = nullptr;
  listed_coroutine* after = nullptr;
};

/// Coroutines that have not finished, in the order in which they began. Adding and removing: O(1), and no allocation.
/// Not synchronised.
class coroutine_list {
 public:
  void add(listed_coroutine& c) {
    c.before = last_;
    (last_ ? last_->after : first_) = &c;
    last_ = &c;
    ++count_;
  }
  void remove(listed_coroutine& c) {
    (c.before ? c.before->after : first_) = c.after;
    (c.after ? c.after->before : last_) = c.before;
    --count_;
  }
  std::size_t size() const { return count_; }

  /// Destroys them where they wait, the first first.
  void destroy_all() {
    while (first_) {
      const auto coroutine = first_->self;
      remove(*first_);
      coroutine.destroy();
    }
  }

 private:
  listed_coroutine* first_ = nullptr;
  listed_coroutine* last_ = nullptr;
  std::size_t count_ = 0;
};

} // namespace troupe::detail
