// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/async_result.hpp>
#include <troupe/detail/imap_job.hpp>
#include <troupe/detail/map_job.hpp>
#include <troupe/detail/pool_core.hpp>
#include <troupe/imap_range.hpp>

#include <functional>
#include <initializer_list>
#include <memory>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace troupe::detail {

/// The calls that a pool and a view of it share.
class pool_calls {
 public:
  pool_calls(std::shared_ptr<pool_core> core, task_options options)
      : core_{std::move(core)}, options_{std::move(options)} {}

  /// f(args…) in a worker. Errors: what f threw; worker_lost; stopped.
  template <class F, class... A>
  call_result_t<F, A...> apply(F f, A&&... args) const {
    // The caller waits, so its arguments stay where they are.
    auto state = begin_apply(f, borrowed_arguments<F>(args...));
    return await(*state);
  }

  template <class F, class... A>
  async_result<call_result_t<F, A...>> apply_async(F f, A&&... args) const {
    using params = tuple_of_parameters<F, A...>;
    auto source =
        std::make_shared<arguments_source<params>>(travelling_arguments<F>(std::forward<A>(args)...));
    return handle<call_result_t<F, A...>>(begin_apply(f, std::move(source)));
  }

  /// f of every item, in a vector in the order of the range. Reads the range while it waits.
  /// Errors: the failure of lowest index, after all items have ended.
  template <class F, std::ranges::input_range Range>
  auto map(F f, Range&& range) const {
    return run_map<params_of<F, Range>>(std::move(f), std::forward<Range>(range));
  }
  template <class F, class T>
  auto map(F f, std::initializer_list<T> items) const {
    return map(std::move(f), std::ranges::subrange(items.begin(), items.end()));
  }

  template <class F, std::ranges::input_range Range>
  auto map_async(F f, Range&& range) const {
    return run_map_async<params_of<F, Range>>(std::move(f), std::forward<Range>(range));
  }
  template <class F, class T>
  auto map_async(F f, std::initializer_list<T> items) const {
    return map_async(std::move(f), std::vector<T>(items));
  }

  /// Like map, but an item's failure is its outcome and costs the others nothing.
  template <class F, std::ranges::input_range Range>
  auto map_settled(F f, Range&& range) const {
    using params = params_of<F, Range>;
    using result = result_of<F, params>;
    static_assert(!std::is_void_v<result>, "troupe: map_settled needs a function that returns something");
    const auto items = borrow_or_copy<params>(std::forward<Range>(range));
    auto state = std::make_shared<settled_state<result>>(core_, std::ranges::size(get(items)));
    submit<F, params>(f, state,
                      std::make_shared<range_source<params, std::remove_const_t<decltype(items)>>>(items),
                      std::ranges::size(get(items)));
    return await(*state);
  }
  template <class F, class T>
  auto map_settled(F f, std::initializer_list<T> items) const {
    return map_settled(std::move(f), std::ranges::subrange(items.begin(), items.end()));
  }

  /// f(a, b, …) for every tuple of the range.
  template <class F, std::ranges::input_range Range>
  auto starmap(F f, Range&& range) const {
    return run_map<tuple_params_of<F, Range>, true>(std::move(f), std::forward<Range>(range));
  }
  template <class F, class T>
  auto starmap(F f, std::initializer_list<T> items) const {
    return starmap(std::move(f), std::ranges::subrange(items.begin(), items.end()));
  }

  template <class F, std::ranges::input_range Range>
  auto starmap_async(F f, Range&& range) const {
    return run_map_async<tuple_params_of<F, Range>, true>(std::move(f), std::forward<Range>(range));
  }
  template <class F, class T>
  auto starmap_async(F f, std::initializer_list<T> items) const {
    return starmap_async(std::move(f), std::vector<T>(items));
  }

  /// Results in the order of the range, as they come. The range is read lazily and may be endless.
  template <class F, std::ranges::input_range Range>
  auto imap(F f, Range&& range) const {
    using result = imap_result<F, Range>;
    return imap_range<result>{begin_imap(std::move(f), std::forward<Range>(range), true)};
  }
  template <class F, class T>
  auto imap(F f, std::initializer_list<T> items) const {
    return imap(std::move(f), std::vector<T>(items));
  }

  /// The same in the order of completion.
  template <class F, std::ranges::input_range Range>
  auto imap_unordered(F f, Range&& range) const {
    using result = imap_result<F, Range>;
    return imap_range<result>{begin_imap(std::move(f), std::forward<Range>(range), false)};
  }
  template <class F, class T>
  auto imap_unordered(F f, std::initializer_list<T> items) const {
    return imap_unordered(std::move(f), std::vector<T>(items));
  }

  /// The same, yielding {index, outcome}: failures are not thrown.
  template <class F, std::ranges::input_range Range>
  auto imap_unordered_settled(F f, Range&& range) const {
    using result = imap_result<F, Range>;
    return settled_range<result>{begin_imap(std::move(f), std::forward<Range>(range), false)};
  }
  template <class F, class T>
  auto imap_unordered_settled(F f, std::initializer_list<T> items) const {
    return imap_unordered_settled(std::move(f), std::vector<T>(items));
  }

 protected:
  const std::shared_ptr<pool_core>& core() const { return core_; }

 private:
  template <class F, class Range>
  using params_of = std::tuple<parameter_t<F, 0, std::ranges::range_reference_t<Range>>>;

  template <class F, class Tuple, class Indices>
  struct spread;
  template <class F, class Tuple, std::size_t... i>
  struct spread<F, Tuple, std::index_sequence<i...>> {
    using type = std::tuple<parameter_t<F, i, std::tuple_element_t<i, Tuple>>...>;
  };
  template <class F, class Range>
  using tuple_params_of =
      typename spread<F, std::ranges::range_value_t<Range>,
                      std::make_index_sequence<std::tuple_size_v<std::ranges::range_value_t<Range>>>>::type;

  template <class F, class Params>
  struct result_of_call;
  template <class F, class... P>
  struct result_of_call<F, std::tuple<P...>> {
    using type = call_result_t<F, P...>;
  };
  template <class F, class Params>
  using result_of = typename result_of_call<F, Params>::type;

  template <class F, class Range>
  struct imap_result_check {
    using type = result_of<F, params_of<F, Range>>;
    static_assert(!std::is_void_v<type>, "troupe: imap needs a function that returns something");
  };
  template <class F, class Range>
  using imap_result = typename imap_result_check<F, Range>::type;

  template <class R>
  using map_state_of = std::conditional_t<std::is_void_v<R>, void_map_state,
                                          map_state<std::conditional_t<std::is_void_v<R>, int, R>>>;

  template <class Items>
  static const auto& get(const Items& items) {
    if constexpr (requires { items.get(); })
      return items.get();
    else
      return items;
  }

  /// A range that can be read at any place stays where it is while the caller waits; others are copied.
  template <class Params, bool spread = false, class Range>
  static auto borrow_or_copy(Range&& range) {
    using plain = std::remove_cvref_t<Range>;
    if constexpr (std::ranges::random_access_range<const plain> && std::ranges::sized_range<const plain>)
      return std::cref(std::as_const(range));
    else
      return copy_items<Params, spread>(std::forward<Range>(range));
  }

  template <class Params, class Tuple>
  static Params spread_copy(Tuple&& tuple) {
    return [&]<std::size_t... i>(std::index_sequence<i...>) {
      return Params{convert<std::tuple_element_t<i, Params>>(std::get<i>(std::forward<Tuple>(tuple)))...};
    }
    (std::make_index_sequence<std::tuple_size_v<Params>>{});
  }

  /// `spread`: each item is a tuple of the arguments; otherwise it is the one argument.
  template <class Params, bool spread = false, class Range>
  static auto copy_items(Range&& range) {
    using item = std::conditional_t<spread, Params, std::tuple_element_t<0, Params>>;
    std::vector<item> items;
    if constexpr (std::ranges::sized_range<Range>)
      items.reserve(std::ranges::size(range));
    for (auto&& i : range) {
      if constexpr (std::is_same_v<item, std::remove_cvref_t<decltype(i)>> &&
                    !std::is_lvalue_reference_v<Range>)
        items.push_back(std::move(i));
      else if constexpr (spread)
        items.push_back(spread_copy<Params>(std::forward<decltype(i)>(i)));
      else
        items.push_back(convert<item>(std::forward<decltype(i)>(i)));
    }
    return items;
  }

  template <class F, class Params>
  job_request request(const F& f) const {
    job_request r;
    r.code = code_index<&run_chunk<F, Params>>();
    encode_callable(r.callable, f);
    r.options = options_;
    return r;
  }

  template <class F, class Params>
  void submit(const F& f, std::shared_ptr<result_sink> sink, std::shared_ptr<const task_source> source,
              std::size_t count, bool stream = false) const {
    auto r = request<F, Params>(f);
    r.sink = std::move(sink);
    r.source = std::move(source);
    r.count = count;
    r.stream = stream;
    core_->submit(std::move(r));
  }

  template <class State>
  static auto await(State& state) {
    state.wait(forever_from_now);
    state.check();
    return state.take();
  }

  template <class R, class State>
  static async_result<R> handle(std::shared_ptr<State> state) {
    return async_result<R>{std::make_shared<shared_call_of<R, State>>(std::move(state))};
  }

  template <class F, class... A>
  static auto borrowed_arguments(const A&... args) {
    using params = tuple_of_parameters<F, A...>;
    return std::make_shared<arguments_source<params, std::tuple<const A&...>>>(std::tie(args...));
  }

  template <class F, class Params, class Arguments>
  auto begin_apply(const F& f, std::shared_ptr<arguments_source<Params, Arguments>> source) const {
    auto state = std::make_shared<apply_state_of<result_of<F, Params>>>(core_);
    submit<F, Params>(f, state, std::move(source), 1, /*stream=*/true); // somebody waits for just this one
    return state;
  }

  template <class Params, bool spread, class F, class Items>
  auto begin_map(const F& f, Items items) const {
    using result = result_of<F, Params>;
    const std::size_t count = std::ranges::size(get(items));
    auto state = make_map_state<result>(count);
    submit<F, Params>(f, state, std::make_shared<range_source<Params, Items, spread>>(std::move(items)),
                      count);
    return state;
  }

  template <class R>
  auto make_map_state(std::size_t count) const {
    if constexpr (std::is_void_v<R>)
      return std::make_shared<void_map_state>(core_);
    else
      return std::make_shared<map_state<R>>(core_, count);
  }

  template <class Params, bool spread = false, class F, class Range>
  auto run_map(F f, Range&& range) const {
    auto state = begin_map<Params, spread>(f, borrow_or_copy<Params, spread>(std::forward<Range>(range)));
    return await(*state);
  }

  template <class Params, bool spread = false, class F, class Range>
  auto run_map_async(F f, Range&& range) const {
    using result = result_of<F, Params>;
    using value = std::conditional_t<std::is_void_v<result>, void,
                                     std::vector<std::conditional_t<std::is_void_v<result>, int, result>>>;
    return handle<value>(
        begin_map<Params, spread>(f, copy_items<Params, spread>(std::forward<Range>(range))));
  }

  template <class F, class Range>
  auto begin_imap(F f, Range&& range, bool ordered) const {
    using params = params_of<F, Range>;
    using result = result_of<F, params>;
    using view = std::views::all_t<Range>;
    std::unique_ptr<imap_consumer<result>> consumer =
        std::make_unique<imap_consumer_of<result, params, view>>(
            core_, std::views::all(std::forward<Range>(range)), request<F, params>(f), ordered);
    return consumer;
  }

  std::shared_ptr<pool_core> core_;
  task_options options_;
};

} // namespace troupe::detail
