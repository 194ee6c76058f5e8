// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/arguments.hpp>
#include <troupe/detail/map_job.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// From what the caller of a pool gives, a range or a braced list, to the items of a call.

namespace troupe::detail {

/// The types in which the items of a range travel to F: one argument each.
template <class F, class Range>
using params_of = std::tuple<parameter_t<F, 0, std::ranges::range_reference_t<Range>>>;

template <class F, class Tuple, class Indices>
struct spread_params;
template <class F, class Tuple, std::size_t... i>
struct spread_params<F, Tuple, std::index_sequence<i...>> {
  using type = std::tuple<parameter_t<F, i, std::tuple_element_t<i, Tuple>>...>;
};

template <class T>
constexpr std::size_t tuple_size_of() {
  constexpr bool is_tuple = requires { std::tuple_size<T>::value; };
  static_assert(is_tuple,
                "troupe: starmap takes a range of tuples, pairs or arrays, each the arguments of one "
                "call: for one argument per call use map");
  if constexpr (is_tuple)
    return std::tuple_size_v<T>;
  else
    return 0;
}

/// The same when each item is a tuple of the arguments.
template <class F, class Range>
using tuple_params_of = typename spread_params<
    F, std::ranges::range_value_t<Range>,
    std::make_index_sequence<tuple_size_of<std::ranges::range_value_t<Range>>()>>::type;

template <class Tuple>
struct travelling_tuple;
template <class... P>
struct travelling_tuple<std::tuple<P...>> {
  using type = std::tuple<travel_t<P>...>;
};

/// A braced list of arguments for a function whose parameters are known: also of what only these tell the type.
template <class Item>
class listed {
 public:
  listed(std::initializer_list<Item> items) : items_(items) {} // braces: a vector of one, for some types
  std::vector<Item> items() && { return std::move(items_); }

 private:
  std::vector<Item> items_;
};

/// F's parameters are known; at least one.
template <class F>
concept takes_known = signature<F>::known && signature<F>::arity != 0;

template <class F>
struct list_types;
template <class F>
requires takes_known<F>
struct list_types<F> {
  using all = typename travelling_tuple<typename signature<F>::params>::type;
  using first = std::tuple_element_t<0, all>;
};

template <class F>
using list_for = listed<typename list_types<F>::first>;
template <class F>
using tuple_list_for = listed<typename list_types<F>::all>;

/// Elements that nobody else can see: those of a temporary container. Not those that a view or a pair of
/// iterators refers to, which are as changeable through a const one.
template <class Range>
concept owns_elements =
    !std::is_lvalue_reference_v<Range> && !std::ranges::view<Range> && !std::ranges::borrowed_range<Range> &&
    std::ranges::range<const Range> &&
    !std::same_as<std::ranges::range_reference_t<const Range>, std::ranges::range_reference_t<Range>>;

template <class Range>
concept yields_its_own =
    !std::is_lvalue_reference_v<std::ranges::range_reference_t<Range>> || owns_elements<Range>;

/// `spread`: each item is a tuple of the arguments; otherwise it is the one argument. Single items that
/// can neither be moved nor copied are encoded at once. Reading the range may throw, which ends the call.
template <class Params, bool spread = false, class Range>
auto copy_items(Range&& range) {
  using item = std::conditional_t<spread, Params, std::tuple_element_t<0, Params>>;
  using reference = std::ranges::range_reference_t<Range>;
  constexpr bool moved = std::is_same_v<item, std::remove_cvref_t<reference>> && yields_its_own<Range>;
  if constexpr (!moved && !spread && !convertible_to<item, reference>) {
    auto items = std::make_shared<encoded_source<Params>>(0);
    for (auto&& i : range)
      items->add(i);
    return items;
  } else if constexpr (!spread && std::is_nothrow_constructible_v<item, reference>) {
    std::vector<item> items;
    if constexpr (std::ranges::sized_range<Range>)
      items.reserve(std::ranges::size(range));
    for (auto&& i : range)
      items.push_back(convert<item>(std::forward<decltype(i)>(i)));
    return items;
  } else {
    auto items = std::make_shared<copied_source<Params, item, spread>>(0);
    for (auto&& i : range)
      if constexpr (moved)
        items->add(std::move(i));
      else
        items->add(std::forward<decltype(i)>(i));
    return items;
  }
}

/// Says what is wrong where the caller is named: the conversion itself is compiled elsewhere.
template <class Param, class Arg>
constexpr void check_argument() {
  if constexpr (!std::is_same_v<Param, std::remove_cvref_t<Arg>>) // that is not copied
    require_convertible<Param, Arg>();
}

template <class Range>
inline constexpr bool is_iota = false;
template <class First, class Last>
inline constexpr bool is_iota<std::ranges::iota_view<First, Last>> = std::integral<First>;

/// Reading an element runs code of the user, as far as can be told: it is made, or looked up, when it is read.
template <class Range>
concept computes_elements =
    !is_iota<std::remove_cv_t<Range>> &&
    (!std::is_lvalue_reference_v<std::ranges::range_reference_t<Range>> ||
     (std::ranges::view<std::remove_cv_t<Range>> && !std::ranges::contiguous_range<Range>));

template <class Params, bool spread, class Range>
auto read_items(const Range& range) {
  auto items = std::make_shared<encoded_source<Params, spread>>(0);
  auto position = std::ranges::begin(range);
  for (auto left = std::ranges::size(range); left != 0; --left, ++position)
    items->add_at(position);
  return items;
}

/// A range that can be read at any place stays where it is while the caller waits; others are copied. Elements that are
/// made when they are read are read here, each by itself: the pool's actor, which would read them, might be waited for.
template <class Params, bool spread = false, class Range>
auto borrow_or_copy(Range&& range) {
  using plain = std::remove_cvref_t<Range>;
  if constexpr (!spread)
    check_argument<std::tuple_element_t<0, Params>, std::ranges::range_reference_t<Range>>();
  constexpr bool at_any_place =
      std::ranges::random_access_range<const plain> && std::ranges::sized_range<const plain>;
  if constexpr (at_any_place && computes_elements<const plain>)
    return read_items<Params, spread>(std::as_const(range));
  else if constexpr (at_any_place)
    return std::cref(std::as_const(range));
  else
    return copy_items<Params, spread>(std::forward<Range>(range));
}

struct counted_source {
  std::shared_ptr<const task_source> source;
  std::size_t count;
};

template <class Params, bool spread = false, class Items>
counted_source source_of(Items items) {
  const std::size_t count = std::ranges::size(items_in(items));
  return {std::make_shared<range_source<Params, Items, spread>>(std::move(items)), count};
}
/// It knows how its items travel.
template <class Params, bool spread = false, class Source>
counted_source source_of(std::shared_ptr<Source> items) {
  const auto count = items->size();
  return {std::move(items), count};
}

template <class... A, class... P>
constexpr void check_arguments(std::type_identity<std::tuple<P...>>) {
  (check_argument<P, const A&>(), ...);
}

template <class Params, class... A>
inline constexpr bool read_from_const = false;
template <class... P, class... A>
inline constexpr bool read_from_const<std::tuple<P...>, A...> =
    ((std::is_same_v<P, std::remove_cvref_t<A>> || convertible_to<P, const std::remove_cvref_t<A>&> ||
      !convertible_to<P, A>)&&...);

/// Whether the arguments of one call can be sent without being used up. (Also when they cannot be sent at all: the error
/// is told in one place.)
template <class F, class... A>
inline constexpr bool can_be_borrowed = read_from_const<tuple_of_parameters<F, A...>, A...>;

/// The arguments of one call, converted to the types of the parameters.
template <class F, class... A>
auto converted_arguments(A&&... args) {
  using params = tuple_of_parameters<F, A...>;
  return std::make_shared<arguments_source<params>>(travelling_arguments<F>(std::forward<A>(args)...));
}

/// The arguments of one call whose caller waits: those that need not be used up stay where they are.
template <class F, class... A>
auto arguments_of_waiting(A&&... args) {
  using params = tuple_of_parameters<F, A...>;
  if constexpr (can_be_borrowed<F, A...>) {
    check_arguments<A...>(std::type_identity<params>{});
    using borrowed = std::tuple<const std::remove_cvref_t<A>&...>;
    return std::make_shared<arguments_source<params, borrowed>>(borrowed{args...});
  } else {
    return converted_arguments<F>(std::forward<A>(args)...);
  }
}

} // namespace troupe::detail
