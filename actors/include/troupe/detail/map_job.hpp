// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/job.hpp>
#include <troupe/detail/pool_core.hpp>
#include <troupe/detail/progress_gate.hpp>
#include <troupe/outcome.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace troupe::detail {

/// What a finished call left: its value or why there is none. Waited for through the pool.
template <class Value>
class call_state : public result_sink {
 public:
  explicit call_state(std::shared_ptr<pool_core> pool) : pool_{std::move(pool)} {}

  bool done() const { return done_.done(); }
  bool wait(steady_time deadline) { return done() || pool_->wait(done_, deadline); }

  /// Whoever waits for this call may give up: then nothing is told any more.
  void guard(std::function<void(const progress&)>& on_progress) {
    gate_ = progress_gate::put_before(pool_, on_progress);
  }
  void give_up() {
    if (gate_)
      gate_->shut();
  }
  /// Whoever holds it may live for longer than what the function refers to.
  void leave_unguarded() { gate_.reset(); }

  /// REQUIRES: done(). Errors: the failure of lowest index, or what ended the call.
  void check() const {
    if (why_)
      why_->rethrow();
  }
  const std::optional<failure>& why() const { return why_; }

  void fail(std::size_t index, failure why) override {
    if (!why_ || index < why_index_) {
      why_ = std::move(why);
      why_index_ = index;
    }
  }

  void finish(const failure* why) override {
    if (why)
      why_ = *why;
    // The caller (the pool) keeps this object alive until we return, whoever goes on meanwhile.
    pool_->complete(done_);
  }

 protected:
  std::shared_ptr<pool_core> pool_;

 private:
  completion done_;
  std::shared_ptr<progress_gate> gate_; // null: nobody wants to know
  std::optional<failure> why_;
  std::size_t why_index_ = 0;
};

/// Results of a whole batch, each in its place.
template <class R>
class map_state final : public call_state<std::vector<R>> {
 public:
  map_state(std::shared_ptr<pool_core> pool, std::size_t count)
      : call_state<std::vector<R>>{std::move(pool)}, results_(count) {}

  void accept(result_batch& batch, retry_filter retried) override {
    if constexpr (copied) {
      if (batch.dense) {
        batch.bytes.get(results_.data() + batch.first, batch.count * sizeof(R));
        batch.taken = batch.count;
        return;
      }
    }
    accept_results<R>(*this, batch, retried,
                      [this](std::size_t index, byte_reader& in) { set(index, decode<R>(in)); });
  }

  std::vector<R> take() {
    if constexpr (in_place) {
      return std::move(results_);
    } else {
      std::vector<R> values;
      values.reserve(results_.size());
      for (auto& r : results_)
        values.push_back(std::move(*r));
      return values;
    }
  }

 private:
  // vector<bool> packs its elements; types without a default constructor have no place before their value.
  static constexpr bool in_place =
      std::is_default_constructible_v<R> && std::is_move_assignable_v<R> && !std::is_same_v<R, bool>;
  static constexpr bool copied = travels_as_it_is<R>;
  void set(std::size_t index, R&& value) {
    if constexpr (in_place)
      results_[index] = std::move(value);
    else
      results_[index].emplace(std::move(value));
  }
  std::vector<std::conditional_t<in_place, R, std::optional<R>>> results_;
};

/// Outcomes of a whole batch: a failure is one of them.
template <class R>
class settled_state final : public call_state<std::vector<outcome<R>>> {
 public:
  settled_state(std::shared_ptr<pool_core> pool, std::size_t count)
      : call_state<std::vector<outcome<R>>>{std::move(pool)}, outcomes_(count) {}

  void accept(result_batch& batch, retry_filter retried) override {
    accept_results<R>(*this, batch, retried, [this](std::size_t index, byte_reader& in) {
      if constexpr (std::is_void_v<R>)
        outcomes_[index].emplace();
      else
        outcomes_[index].emplace(decode<R>(in));
    });
  }
  void fail(std::size_t index, failure why) override { outcomes_[index].emplace(std::move(why)); }

  std::vector<outcome<R>> take() {
    std::vector<outcome<R>> all;
    all.reserve(outcomes_.size());
    for (auto& o : outcomes_)
      all.push_back(std::move(*o));
    return all;
  }

 private:
  std::vector<std::optional<outcome<R>>> outcomes_;
};

/// Results of a batch of calls that return nothing.
class void_map_state final : public call_state<void> {
 public:
  using call_state<void>::call_state;
  void accept(result_batch& batch, retry_filter retried) override {
    accept_results<void>(*this, batch, retried, [](std::size_t, byte_reader&) {});
  }
  void take() {}
};

/// The result of one call.
template <class R>
class apply_state final : public call_state<R> {
 public:
  using call_state<R>::call_state;

  void accept(result_batch& batch, retry_filter retried) override {
    accept_results<R>(*this, batch, retried,
                      [this](std::size_t, byte_reader& in) { value_.emplace(decode<R>(in)); });
  }
  R take() { return std::move(*value_); }

 private:
  std::optional<R> value_;
};

template <class R>
using apply_state_of = std::conditional_t<std::is_void_v<R>, void_map_state, apply_state<R>>;

/// The items of a range, or those that a std::reference_wrapper refers to.
template <class Items>
const auto& items_in(const Items& items) {
  if constexpr (requires { items.get(); })
    return items.get();
  else
    return items;
}

template <class Params, class Tuple>
Params spread_copy(Tuple&& tuple) {
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    return Params{convert<std::tuple_element_t<i, Params>>(std::get<i>(std::forward<Tuple>(tuple)))...};
  }
  (std::make_index_sequence<std::tuple_size_v<Params>>{});
}

/// `spread`: the item is a tuple of the arguments.
template <class Params, bool spread = false, class Item>
void put_item(byte_writer& out, const Item& item) {
  if constexpr (spread)
    std::apply([&](const auto&... a) { item_codec<Params>::put(out, a...); }, item);
  else
    item_codec<Params>::put(out, item);
}

/// Items of a random-access range, in the types in which they travel. Range: a container, or a reference
/// wrapper of one whose owner waits for the call. `spread`: each item is a tuple of the arguments.
template <class Params, class Range, bool spread = false>
class range_source final : public task_source {
 public:
  explicit range_source(Range range) : range_{std::move(range)} {}

  void encode(byte_writer& out, std::size_t first, std::size_t count, std::size_t& done) const override {
    auto item = std::ranges::begin(items_in(range_)) + static_cast<std::ptrdiff_t>(first);
    if constexpr (by_blocks)
      put_blocks(out, item, count, done);
    for (; done < count; ++done, ++item)
      put_item<Params, spread>(out, *item);
  }

 private:
  // Plain numbers: a copy of many at a time.
  using first_param = std::tuple_element_t<0, Params>;
  using iterator = std::ranges::iterator_t<const std::remove_cvref_t<std::unwrap_reference_t<Range>>>;
  static constexpr bool by_blocks = !spread && std::tuple_size_v<Params> == 1 &&
                                    travels_as_it_is<first_param> &&
                                    std::is_same_v<std::iter_value_t<iterator>, first_param>;

  static void put_blocks(byte_writer& out, iterator& item, std::size_t count, std::size_t& done) {
    std::array<first_param, 512> block;
    while (done < count) {
      const auto n = std::min(count - done, block.size());
      std::size_t read = 0;
      try {
        for (; read < n; ++read, ++item)
          block[read] = *item;
      } catch (...) {
        done += read; // the one that threw comes next
        throw;
      }
      out.put(block.data(), n * sizeof(first_param));
      done += n;
    }
  }

  Range range_;
};

/// Copies of items, in the types in which they travel. What copying or converting one throws is kept until it would
/// travel, and is its failure then.
template <class Params, class Item, bool spread = false>
class copied_source final : public task_source {
 public:
  /// `first`: the number of its first item.
  explicit copied_source(std::size_t first) : first_{first} {}

  template <class From>
  void add(From&& item) {
    try {
      if constexpr (spread && !std::is_same_v<Item, std::remove_cvref_t<From>>)
        items_.push_back(spread_copy<Params>(std::forward<From>(item)));
      else
        items_.push_back(convert<Item>(std::forward<From>(item)));
    } catch (...) {
      failures_[size()] = std::current_exception();
    }
  }
  std::size_t size() const { return items_.size() + failures_.size(); }

  void encode(byte_writer& out, std::size_t first, std::size_t count, std::size_t& done) const override {
    for (; done < count; ++done)
      put_item<Params, spread>(out, items_[place_of(first - first_ + done)]);
  }

 private:
  std::size_t place_of(std::size_t i) const {
    if (failures_.empty())
      return i;
    const auto next = failures_.lower_bound(i);
    if (next != failures_.end() && next->first == i)
      std::rethrow_exception(next->second);
    return i - static_cast<std::size_t>(std::distance(failures_.begin(), next));
  }

  std::size_t first_;
  std::vector<Item> items_; // without those that failed
  std::map<std::size_t, std::exception_ptr> failures_;
};

/// Items that can neither be copied nor left where they are: encoded when they are read. What reading or saving one
/// throws is kept until it would travel, and is its failure then.
template <class Params, bool spread = false>
class encoded_source final : public task_source {
 public:
  /// `first`: the number of its first item.
  explicit encoded_source(std::size_t first) : first_{first} {}

  template <class Item>
  void add(const Item& item) {
    add_at(std::addressof(item));
  }
  /// What the iterator refers to.
  template <class Iterator>
  void add_at(const Iterator& position) {
    const auto mark = bytes_.size();
    try {
      put_item<Params, spread>(bytes_, *position);
    } catch (...) {
      bytes_.rewind(mark);
      failures_[ends_.size()] = std::current_exception();
    }
    ends_.push_back(bytes_.size());
  }
  std::size_t size() const { return ends_.size(); }

  void encode(byte_writer& out, std::size_t first, std::size_t count, std::size_t& done) const override {
    for (; done < count; ++done) {
      const auto i = first - first_ + done;
      if (auto failed = failures_.find(i); failed != failures_.end())
        std::rethrow_exception(failed->second);
      const auto at = i == 0 ? 0 : ends_[i - 1];
      out.put(bytes_.data() + at, ends_[i] - at);
    }
  }

 private:
  std::size_t first_;
  byte_buffer bytes_;
  std::vector<std::size_t> ends_; // of each item in bytes_
  std::map<std::size_t, std::exception_ptr> failures_;
};

/// The arguments of one call, as values or, while the caller waits, as references.
template <class Params, class Arguments = Params>
class arguments_source final : public task_source {
 public:
  explicit arguments_source(Arguments arguments) : arguments_{std::move(arguments)} {}

  void encode(byte_writer& out, std::size_t, std::size_t, std::size_t& done) const override {
    std::apply([&](const auto&... a) { item_codec<Params>::put(out, a...); }, arguments_);
    ++done;
  }

 private:
  Arguments arguments_;
};

} // namespace troupe::detail
