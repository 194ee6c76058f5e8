// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/job.hpp>
#include <troupe/detail/map_job.hpp>
#include <troupe/detail/pool_core.hpp>
#include <troupe/detail/progress_gate.hpp>
#include <troupe/exceptions.hpp>
#include <troupe/outcome.hpp>

#include <algorithm>
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
  troupe::outcome<R> outcome;
};

/// Items of an `imap` in flight, from being read to being handed out. As asked for; or a few per worker, and
/// more for as long as the consumer is kept waiting by nothing but a pipeline too short for quick tasks.
class imap_window {
 public:
  imap_window(std::size_t asked_for, std::size_t workers)
      : size_{asked_for != 0 ? asked_for : few * workers},
        most_{asked_for != 0 ? asked_for : many * workers} {}

  std::size_t size() const { return size_; }

  /// The consumer found nothing and had to wait this long.
  void starved(std::chrono::steady_clock::duration wait) {
    if (wait < short_wait)
      size_ = std::min(2 * size_, most_);
  }

 private:
  static constexpr std::size_t few = 16;
  static constexpr std::size_t many = 512;
  static constexpr std::chrono::microseconds short_wait{100}; // longer: the tasks themselves take their time

  std::size_t size_;
  std::size_t most_;
};

/// Where the results of an `imap` wait for their consumer. Bounded by the window: the consumer reads no
/// more of its range than there is room for here.
template <class R>
class imap_sink final : public result_sink {
 public:
  imap_sink(std::shared_ptr<pool_core> pool, bool ordered) : pool_{std::move(pool)}, ordered_{ordered} {}

  // -- the pool's actor

  void accept(result_batch& batch, retry_filter retried) override {
    try {
      accept_results<R>(*this, batch, retried, [this](std::size_t index, byte_reader& in) {
        arrived_.push_back({index, decode<R>(in)});
      });
    } catch (...) {
      hand_over();
      throw;
    }
    hand_over();
  }
  void fail(std::size_t index, failure why) override {
    arrived_.push_back({index, std::move(why)});
    hand_over();
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
    std::optional<indexed_outcome<R>> next;
    if (!ready_.empty() || take_ready()) {
      next.emplace(std::move(ready_.front()));
      ready_.pop_front();
    }
    return next;
  }

  /// `take` would find something, or never will.
  bool may_take() const { return !ready_.empty() || front_ready_.load(std::memory_order_acquire); }
  bool ended() const { return ended_.load(std::memory_order_acquire); }
  std::optional<failure> ended_with() const {
    std::lock_guard lock{mutex_};
    return ended_with_;
  }

 private:
  /// To the consumer's side of the mutex, many results at a time.
  void hand_over() {
    if (arrived_.empty())
      return;
    {
      std::lock_guard lock{mutex_};
      for (auto& result : arrived_)
        add(std::move(result));
      front_ready_.store(waiting_.front().has_value(), std::memory_order_release);
    }
    arrived_.clear();
    pool_->notify(this);
  }

  void add(indexed_outcome<R>&& result) {
    if (!ordered_) {
      waiting_.emplace_back(std::move(result));
      return;
    }
    const auto place = result.index - next_index_;
    if (place >= waiting_.size())
      waiting_.resize(place + 1);
    waiting_[place].emplace(std::move(result));
  }

  bool take_ready() {
    if (!front_ready_.load(std::memory_order_acquire))
      return false;
    std::lock_guard lock{mutex_};
    for (; !waiting_.empty() && waiting_.front(); ++next_index_) {
      ready_.push_back(std::move(*waiting_.front()));
      waiting_.pop_front();
    }
    front_ready_.store(false, std::memory_order_release);
    return !ready_.empty();
  }

  std::shared_ptr<pool_core> pool_;
  const bool ordered_;
  std::vector<indexed_outcome<R>> arrived_;               // the pool's actor only
  std::deque<indexed_outcome<R>> ready_;                  // the consumer only
  mutable std::mutex mutex_;                              // guards what follows
  std::deque<std::optional<indexed_outcome<R>>> waiting_; // ordered: place i is item next_index_ + i
  std::size_t next_index_ = 0;
  std::optional<failure> ended_with_;
  std::atomic<bool> front_ready_{false}; // for the consumer to look at without the mutex
  std::atomic<bool> ended_{false};
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

/// `AtHand`: there is nothing that reading the range could wait for.
template <class R, class Params, class View, bool AtHand>
class imap_consumer_of final : public imap_consumer<R> {
 public:
  imap_consumer_of(std::shared_ptr<pool_core> pool, View view, job_request request, bool ordered)
      : pool_{std::move(pool)},
        view_{std::move(view)},
        window_{request.options.window, pool_->size()},
        sink_{std::make_shared<imap_sink<R>>(pool_, ordered)},
        position_{std::ranges::begin(view_)} {
    request.sink = sink_;
    request.more = true;
    request.stream = true;
    if (auto& on_progress = request.options.on_progress)
      gate_ = progress_gate::put_before(pool_, on_progress);
    job_ = pool_->submit(std::move(request));
    fill(AtHand ? forever_from_now : steady_time::min()); // work begins before the first `next`
  }
  ~imap_consumer_of() override {
    if (!sink_->ended())
      pool_->abandon(job_);
    if (gate_)
      gate_->shut();
  }

  std::optional<indexed_outcome<R>> next(steady_time deadline) override {
    pool_->check_may_wait();
    for (;;) {
      if (outstanding_ <= window_.size() / 2 && !(is_slow() && sink_->may_take()))
        fill(deadline);
      if (auto result = sink_->take()) {
        --outstanding_;
        return result;
      }
      if (outstanding_ == 0 && exhausted_)
        return after_last(deadline);
      if (sink_->ended())
        return after_end();
      const auto ready = [this] { return sink_->may_take() || sink_->ended(); };
      const auto began = std::chrono::steady_clock::now();
      if (!pool_->wait_for(sink_.get(), ready, deadline))
        give_up(deadline, "imap_range::next: no result yet");
      window_.starved(std::chrono::steady_clock::now() - began);
    }
  }

 private:
  using clock = std::chrono::steady_clock;
  static constexpr std::chrono::microseconds slow_read{500};

  using item = std::tuple_element_t<0, Params>;
  using batch = std::conditional_t<convertible_to<item, std::ranges::range_reference_t<View>>,
                                   copied_source<Params, item>, encoded_source<Params>>;

  // The window is strict: items read and not yet handed out never exceed it. Reading the range may be the user's code,
  // and slow: what was read is sent on, and a result that is there, or will be soon, goes first. Not so with items that
  // are at hand: a thread that had lost its core for a moment would take them for slow, and leave them unread until the
  // next step, which may never come if its user waits for something that one of them does. A step with a timeout reads
  // no longer than that.
  void fill(steady_time deadline) {
    constexpr std::chrono::microseconds patience{500};
    while (!exhausted_ && outstanding_ < window_.size()) {
      if (is_slow() && outstanding_ != 0 && result_is_near(deadline))
        return;
      const auto items = std::make_shared<batch>(read_);
      const auto began = clock::now();
      auto now = began;
      try {
        while (outstanding_ < window_.size() && now - began <= patience && to_unread_item()) {
          items->add(*position_);
          stale_ = true;
          ++outstanding_;
          ++read_;
          last_read_took_ = clock::now() - now;
          now += last_read_took_;
        }
      } catch (...) { // the range threw: told after the results of what was read before
        exhausted_ = true;
        range_threw_ = std::current_exception();
      }
      if (items->size() != 0 || exhausted_)
        send(items);
      if (AtHand ? now >= deadline : sink_->may_take())
        return;
    }
  }

  bool is_slow() const { return !AtHand && last_read_took_ > slow_read; }

  // The next item of a slow range may be long in coming. Measured by that, a result is waited for a little, and not at
  // all by whoever has no time for it.
  bool result_is_near(steady_time deadline) {
    const auto now = clock::now();
    if (now >= deadline)
      return true;
    const auto ready = [this] { return sink_->may_take() || sink_->ended(); };
    return pool_->wait_for(sink_.get(), ready, std::min(deadline, now + last_read_took_ / 10));
  }

  // The iterator is moved on only when another item is wanted: a generator may block in its ++.
  bool to_unread_item() {
    if (std::exchange(stale_, false))
      ++position_;
    exhausted_ = position_ == std::ranges::end(view_);
    return !exhausted_;
  }

  void send(const std::shared_ptr<const batch>& items) {
    const auto count = items->size();
    pool_->extend(job_, count == 0 ? nullptr : items, read_ - count, count, !exhausted_);
  }

  [[noreturn]] static void give_up(steady_time deadline, const char* why) {
    if (deadline == forever_from_now || clock::now() < deadline)
      throw stopped("the runtime ended before the imap had");
    throw timeout_error(why);
  }

  // The end is told before it is known here: then nothing is told any more.
  std::optional<indexed_outcome<R>> after_last(steady_time deadline) {
    const auto all_told = [this] { return sink_->ended(); };
    if (gate_ && !pool_->wait_for(sink_.get(), all_told, deadline))
      give_up(deadline, "imap_range::next: there are no more results, but on_progress has not returned yet");
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
  imap_window window_;
  std::shared_ptr<imap_sink<R>> sink_;
  std::shared_ptr<progress_gate> gate_; // null: nobody wants to know
  std::ranges::iterator_t<View> position_;
  bool stale_ = false; // *position_ has been read
  bool exhausted_ = false;
  clock::duration last_read_took_{}; // of an item of the range
  std::exception_ptr range_threw_;
  std::size_t read_ = 0;
  std::size_t outstanding_ = 0; // read and not handed out
  job_id job_ = 0;
};

} // namespace troupe::detail
