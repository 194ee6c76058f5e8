// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/async_result.hpp>
#include <troupe/detail/call_items.hpp>
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
#include <variant>
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
    core()->check_may_wait();
    auto state = begin_apply(f, arguments_of_waiting<F>(std::forward<A>(args)...));
    return await(*state);
  }

  template <class F, class... A>
  async_result<call_result_t<F, A...>> apply_async(F f, A&&... args) const {
    return handle<call_result_t<F, A...>>(begin_apply(f, converted_arguments<F>(std::forward<A>(args)...)));
  }

  /// f of every item, in a vector in the order of the range. Reads the range while it waits.
  /// Errors: the failure of lowest index, after all items have ended.
  template <class F, std::ranges::input_range Range>
  auto map(F f, Range&& range) const {
    return run_map<params_of<F, Range>>(std::move(f), std::forward<Range>(range));
  }
  template <takes_known F>
  auto map(F f, list_for<F> items) const {
    return map(std::move(f), std::move(items).items());
  }
  template <class F, class T>
  auto map(F f, std::initializer_list<T> items) const {
    return map(std::move(f), std::ranges::subrange(items.begin(), items.end()));
  }

  template <class F, std::ranges::input_range Range>
  auto map_async(F f, Range&& range) const {
    return run_map_async<params_of<F, Range>>(std::move(f), std::forward<Range>(range));
  }
  template <takes_known F>
  auto map_async(F f, list_for<F> items) const {
    return map_async(std::move(f), std::move(items).items());
  }
  template <class F, class T>
  auto map_async(F f, std::initializer_list<T> items) const {
    return map_async(std::move(f), std::vector<T>(items));
  }

  /// Like map, but an item's failure is its outcome and costs the others nothing.
  template <class F, std::ranges::input_range Range>
  auto map_settled(F f, Range&& range) const {
    using params = params_of<F, Range>;
    core()->check_may_wait();
    auto state = begin_settled<params>(f, borrow_or_copy<params>(std::forward<Range>(range)));
    return await(*state);
  }
  template <takes_known F>
  auto map_settled(F f, list_for<F> items) const {
    return map_settled(std::move(f), std::move(items).items());
  }
  template <class F, class T>
  auto map_settled(F f, std::initializer_list<T> items) const {
    return map_settled(std::move(f), std::ranges::subrange(items.begin(), items.end()));
  }

  template <class F, std::ranges::input_range Range>
  auto map_settled_async(F f, Range&& range) const {
    using params = params_of<F, Range>;
    return handle<std::vector<outcome<result_of<F, params>>>>(
        begin_settled<params>(f, copy_items<params>(std::forward<Range>(range))));
  }
  template <takes_known F>
  auto map_settled_async(F f, list_for<F> items) const {
    return map_settled_async(std::move(f), std::move(items).items());
  }
  template <class F, class T>
  auto map_settled_async(F f, std::initializer_list<T> items) const {
    return map_settled_async(std::move(f), std::vector<T>(items));
  }

  /// f(a, b, …) for every tuple of the range.
  template <class F, std::ranges::input_range Range>
  auto starmap(F f, Range&& range) const {
    return run_map<tuple_params_of<F, Range>, true>(std::move(f), std::forward<Range>(range));
  }
  template <takes_known F>
  auto starmap(F f, tuple_list_for<F> items) const {
    return starmap(std::move(f), std::move(items).items());
  }
  template <class F, class T>
  auto starmap(F f, std::initializer_list<T> items) const {
    return starmap(std::move(f), std::ranges::subrange(items.begin(), items.end()));
  }

  template <class F, std::ranges::input_range Range>
  auto starmap_async(F f, Range&& range) const {
    return run_map_async<tuple_params_of<F, Range>, true>(std::move(f), std::forward<Range>(range));
  }
  template <takes_known F>
  auto starmap_async(F f, tuple_list_for<F> items) const {
    return starmap_async(std::move(f), std::move(items).items());
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
  template <takes_known F>
  auto imap(F f, list_for<F> items) const {
    return imap(std::move(f), std::move(items).items());
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
  template <takes_known F>
  auto imap_unordered(F f, list_for<F> items) const {
    return imap_unordered(std::move(f), std::move(items).items());
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
  template <takes_known F>
  auto imap_unordered_settled(F f, list_for<F> items) const {
    return imap_unordered_settled(std::move(f), std::move(items).items());
  }
  template <class F, class T>
  auto imap_unordered_settled(F f, std::initializer_list<T> items) const {
    return imap_unordered_settled(std::move(f), std::vector<T>(items));
  }

 protected:
  /// Errors: usage_error on a moved-from pool.
  const std::shared_ptr<pool_core>& core() const {
    if (!core_)
      throw_usage_error("a call on a pool that was moved from");
    return core_;
  }
  bool moved_from() const { return !core_; }

 private:
  /// What an `imap` of a function without a result yields: one std::monostate per item.
  template <class F, class Range>
  using imap_result = std::conditional_t<std::is_void_v<result_of<F, params_of<F, Range>>>, std::monostate,
                                         result_of<F, params_of<F, Range>>>;

  template <class F, class Params>
  job_request request(const F& f) const {
    job_request r;
    r.code = code_index<&run_chunk<F, Params>>();
    encode_callable(r.callable, f);
    r.options = options_;
    return r;
  }

  template <class F, class Params, class Sink>
  void submit(const F& f, std::shared_ptr<Sink> sink, std::shared_ptr<const task_source> source,
              std::size_t count, bool stream = false) const {
    auto r = request<F, Params>(f);
    if (r.options.on_progress)
      sink->guard(r.options.on_progress);
    r.sink = std::move(sink);
    r.source = std::move(source);
    r.count = count;
    r.stream = stream;
    core()->submit(std::move(r));
  }

  template <class State>
  static auto await(State& state) {
    if (!state.wait(forever_from_now)) {
      state.give_up();
      throw stopped("the runtime ended before the results were there");
    }
    state.check();
    return state.take();
  }

  template <class R, class State>
  static async_result<R> handle(std::shared_ptr<State> state) {
    state->leave_unguarded();
    return async_result<R>{std::make_shared<shared_call_of<R, State>>(std::move(state))};
  }

  template <class F, class Params, class Arguments>
  auto begin_apply(const F& f, std::shared_ptr<arguments_source<Params, Arguments>> source) const {
    auto state = std::make_shared<apply_state_of<result_of<F, Params>>>(core());
    submit<F, Params>(f, state, std::move(source), 1, /*stream=*/true); // somebody waits for just this one
    return state;
  }

  template <class Params, bool spread, class F, class Items>
  auto begin_map(const F& f, Items items) const {
    auto all = source_of<Params, spread>(std::move(items));
    auto state = make_map_state<result_of<F, Params>>(all.count);
    submit<F, Params>(f, state, std::move(all.source), all.count);
    return state;
  }

  template <class Params, class F, class Items>
  auto begin_settled(const F& f, Items items) const {
    auto all = source_of<Params>(std::move(items));
    auto state = std::make_shared<settled_state<result_of<F, Params>>>(core(), all.count);
    submit<F, Params>(f, state, std::move(all.source), all.count);
    return state;
  }

  template <class R>
  auto make_map_state(std::size_t count) const {
    if constexpr (std::is_void_v<R>)
      return std::make_shared<void_map_state>(core());
    else
      return std::make_shared<map_state<R>>(core(), count);
  }

  template <class Params, bool spread = false, class F, class Range>
  auto run_map(F f, Range&& range) const {
    core()->check_may_wait();
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
    using result = imap_result<F, Range>;
    using view = std::views::all_t<Range>;
    using plain = std::remove_reference_t<Range>;
    constexpr bool at_hand = std::ranges::forward_range<plain> && !computes_elements<plain>;
    std::unique_ptr<imap_consumer<result>> consumer =
        std::make_unique<imap_consumer_of<result, params, view, at_hand>>(
            core(), std::views::all(std::forward<Range>(range)), request<F, params>(f), ordered);
    return consumer;
  }

  std::shared_ptr<pool_core> core_;
  task_options options_;
};

} // namespace troupe::detail
