// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/job.hpp>
#include <troupe/detail/pool_core.hpp>
#include <troupe/exceptions.hpp>
#include <troupe/outcome.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <ranges>
#include <utility>
#include <vector>

namespace troupe::detail {

/// An item's number in the order of the range, and what became of it.
template <class R>
struct indexed_outcome {
  std::size_t index;
  outcome<R> result;
};

/// Where the results of an `imap` wait for their consumer. Bounded by the window: the consumer reads no
/// more of its range than there is room for here.
template <class R>
class imap_sink final : public result_sink {
 public:
  imap_sink(std::shared_ptr<pool_core> pool, bool ordered) : pool_{std::move(pool)}, ordered_{ordered} {}

  // -- the pool's actor

  void accept(result_batch& batch, retry_filter retried) override {
    accept_results(*this, batch, retried, fixed_size<R>,
                   [this](std::size_t index, byte_reader& in) { add(index, decode<R>(in)); });
    pool_->notify(this);
  }
  void fail(std::size_t index, failure why) override {
    add(index, std::move(why));
    pool_->notify(this);
  }
  void finish(const failure* why) override {
    {
      std::lock_guard lock{mutex_};
      if (why)
        ended_with_ = *why;
      ended_.store(true, std::memory_order_release);
    }
    pool_->notify(this);
  }

  // -- the consumer

  /// The next result in this sink's order, if it is there.
  std::optional<indexed_outcome<R>> take() {
    if (!may_take())
      return std::nullopt;
    std::lock_guard lock{mutex_};
    if (waiting_.empty() || (ordered_ && !waiting_.front()))
      return std::nullopt;
    indexed_outcome<R> next = std::move(*waiting_.front());
    waiting_.pop_front();
    ++next_index_;
    front_ready_.store(!waiting_.empty() && waiting_.front().has_value(), std::memory_order_release);
    return next;
  }

  /// `take` would find something, or never will.
  bool may_take() const { return front_ready_.load(std::memory_order_acquire); }
  bool ended() const { return ended_.load(std::memory_order_acquire); }
  std::optional<failure> ended_with() const {
    std::lock_guard lock{mutex_};
    return ended_with_;
  }

 private:
  void add(std::size_t index, outcome<R> result) {
    std::lock_guard lock{mutex_};
    if (!ordered_) {
      waiting_.emplace_back(indexed_outcome<R>{index, std::move(result)});
    } else {
      const auto place = index - next_index_;
      if (place >= waiting_.size())
        waiting_.resize(place + 1);
      waiting_[place].emplace(indexed_outcome<R>{index, std::move(result)});
    }
    if (waiting_.front())
      front_ready_.store(true, std::memory_order_release);
  }

  std::shared_ptr<pool_core> pool_;
  const bool ordered_;
  mutable std::mutex mutex_;                              // guards what follows
  std::deque<std::optional<indexed_outcome<R>>> waiting_; // ordered: place i is item next_index_ + i
  std::size_t next_index_ = 0;
  std::optional<failure> ended_with_;
  std::atomic<bool> front_ready_{false}; // for the consumer to look at without the mutex
  std::atomic<bool> ended_{false};
};

/// Items an `imap` has read from its range.
template <class Params, class Item>
class batch_source final : public task_source {
 public:
  batch_source(std::size_t first, std::vector<Item> items) : first_{first}, items_{std::move(items)} {}

  void encode(byte_writer& out, std::size_t first, std::size_t count, std::size_t& done) const override {
    for (; done < count; ++done)
      item_codec<Params>::put(out, items_[first - first_ + done]);
  }

 private:
  std::size_t first_;
  std::vector<Item> items_;
};

/// The consumer's side of an `imap`: reads the range as there is room, hands results out. One thread.
template <class R>
class imap_consumer {
 public:
  virtual ~imap_consumer() = default;
  /// The next result; empty after the last. Errors: timeout_error at the deadline; what the range throws;
  /// what ended the pool.
  virtual std::optional<indexed_outcome<R>> next(steady_time deadline) = 0;
};

template <class R, class Params, class View>
class imap_consumer_of final : public imap_consumer<R> {
 public:
  imap_consumer_of(std::shared_ptr<pool_core> pool, View view, job_request request, bool ordered)
      : pool_{std::move(pool)},
        view_{std::move(view)},
        window_{request.options.window != 0 ? request.options.window : pool_->default_window()},
        sink_{std::make_shared<imap_sink<R>>(pool_, ordered)},
        position_{std::ranges::begin(view_)} {
    request.sink = sink_;
    request.more = true;
    request.stream = true;
    request.options.window = window_;
    job_ = pool_->submit(std::move(request));
    fill(); // work begins before the first `next`
  }
  ~imap_consumer_of() override {
    if (!sink_->ended())
      pool_->abandon(job_);
  }

  std::optional<indexed_outcome<R>> next(steady_time deadline) override {
    for (;;) {
      if (outstanding_ <= window_ / 2)
        fill();
      if (auto result = sink_->take()) {
        --outstanding_;
        return result;
      }
      if (outstanding_ == 0 && exhausted_)
        return after_last();
      if (sink_->ended())
        return after_end();
      const auto ready = [this] { return sink_->may_take() || sink_->ended(); };
      if (!pool_->wait_for(sink_.get(), ready, deadline))
        throw timeout_error("imap_range::next: no result yet");
    }
  }

 private:
  using item_type = std::tuple_element_t<0, Params>;

  // The window is strict: items read and not yet handed out never exceed it. Reading the range is the user's
  // code and may be slow: what was read is sent on, and a result that is there goes first.
  void fill() {
    constexpr std::chrono::microseconds patience{500};
    while (!exhausted_ && outstanding_ < window_) {
      std::vector<item_type> items;
      const auto first = read_;
      const auto began = std::chrono::steady_clock::now();
      try {
        while (outstanding_ < window_ && to_unread_item()) {
          items.push_back(convert<item_type>(*position_));
          stale_ = true;
          ++outstanding_;
          ++read_;
          if (std::chrono::steady_clock::now() - began > patience)
            break;
        }
      } catch (...) { // the range threw: told after the results of what was read before
        exhausted_ = true;
        range_threw_ = std::current_exception();
      }
      if (!items.empty() || exhausted_)
        send(first, std::move(items));
      if (sink_->may_take())
        return;
    }
  }

  // The iterator is moved on only when another item is wanted: a generator may block in its ++.
  bool to_unread_item() {
    if (std::exchange(stale_, false))
      ++position_;
    exhausted_ = position_ == std::ranges::end(view_);
    return !exhausted_;
  }

  void send(std::size_t first, std::vector<item_type> items) {
    const auto count = items.size();
    auto source =
        count == 0 ? nullptr : std::make_shared<batch_source<Params, item_type>>(first, std::move(items));
    pool_->extend(job_, std::move(source), first, count, !exhausted_);
  }

  std::optional<indexed_outcome<R>> after_last() {
    if (auto why = std::exchange(range_threw_, nullptr))
      std::rethrow_exception(why);
    return std::nullopt;
  }

  // The pool ended before the job did.
  std::optional<indexed_outcome<R>> after_end() {
    if (auto result = sink_->take()) { // came between the last look and the end
      --outstanding_;
      return result;
    }
    if (auto why = sink_->ended_with())
      why->rethrow();
    return std::nullopt;
  }

  std::shared_ptr<pool_core> pool_;
  View view_;
  std::size_t window_;
  std::shared_ptr<imap_sink<R>> sink_;
  std::ranges::iterator_t<View> position_;
  bool stale_ = false; // *position_ has been read
  bool exhausted_ = false;
  std::exception_ptr range_threw_;
  std::size_t read_ = 0;
  std::size_t outstanding_ = 0; // read and not handed out
  job_id job_ = 0;
};

} // namespace troupe::detail
