// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/imap_job.hpp>

#include <chrono>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

namespace troupe {

/// Results as they come, one at a time. `Item` is what one step yields: a value (its failure is thrown, and
/// the iteration may go on with the following one), or `{index, outcome}`.
///
/// The range given to `imap` is read by the thread that consumes, in `imap` and in each step, as far ahead as the
/// window allows: a container, or numbers counted by iota, at once; of another range, which may be slow, no more than
/// a result that is there can wait for. Leaving early is fine: what has not begun never does. Threads: one at a time.
/// Input range: passed through once.
template <class R, class Item>
class result_range {
 public:
  class iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = Item;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    explicit iterator(result_range& range) : range_{&range} {}
    Item& operator*() const { return *range_->current_; }
    /// Errors: the next item's failure; increment again to go on.
    iterator& operator++() {
      range_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return !range_->current_; }

   private:
    result_range* range_ = nullptr;
  };

  /// Errors: the first item's failure.
  iterator begin() {
    advance();
    return iterator{*this};
  }
  std::default_sentinel_t end() const { return {}; }

  /// The next item; empty after the last. Errors: the item's failure, after which the next call goes on with
  /// the following item; what the range given to `imap` throws; `stopped` when the pool ends first.
  std::optional<Item> next() { return next_until(detail::forever_from_now); }

  /// The same, at most this long. Errors: also timeout_error; nothing is lost, call again.
  template <class Rep, class Period>
  std::optional<Item> next(std::chrono::duration<Rep, Period> timeout) {
    return next_until(detail::deadline_after(timeout));
  }

  /// For the pool.
  explicit result_range(std::unique_ptr<detail::imap_consumer<R>> consumer)
      : consumer_{std::move(consumer)} {}

 private:
  void advance() {
    current_.reset();
    current_ = next();
  }

  std::optional<Item> next_until(detail::steady_time deadline) {
    if (!consumer_)
      detail::throw_usage_error("a step on an imap range that was moved from");
    auto result = consumer_->next(deadline);
    if (!result)
      return std::nullopt;
    if constexpr (std::is_same_v<Item, R>)
      return std::move(result->outcome).value();
    else
      return Item{result->index, std::move(result->outcome)};
  }

  std::unique_ptr<detail::imap_consumer<R>> consumer_;
  std::optional<Item> current_;
};

/// An item's number in the order of the range given, and what became of it.
template <class R>
using settled_item = detail::indexed_outcome<R>;

template <class R>
using imap_range = result_range<R, R>;

template <class R>
using settled_range = result_range<R, settled_item<R>>;

} // namespace troupe
