// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/callable.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace troupe::detail {

template <class F, class Indices, class... Args>
struct parameter_tuple;
template <class F, std::size_t... i, class... Args>
struct parameter_tuple<F, std::index_sequence<i...>, Args...> {
  using type = std::tuple<parameter_t<F, i, Args>...>;
};

/// The types in which these arguments of `f` travel.
template <class F, class... Args>
using tuple_of_parameters = typename parameter_tuple<F, std::index_sequence_for<Args...>, Args...>::type;

/// The arguments converted to those types.
template <class F, class... Args>
tuple_of_parameters<F, Args...> travelling_arguments(Args&&... args) {
  using result = tuple_of_parameters<F, Args...>;
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    return result{convert<std::tuple_element_t<i, result>>(std::forward<Args>(args))...};
  }
  (std::index_sequence_for<Args...>{});
}

/// Says what is wrong with a type before std::tuple does, at length.
template <class T>
constexpr bool check_travels_by_value() {
  require_sendable<T>();
  static_assert(
      !is_sendable<T>() || std::is_move_constructible_v<T>,
      "troupe: what is sent to another process is a value there, made anew: give this type a move or copy "
      "constructor, or send what it is made from");
  return is_sendable<T>() && std::is_move_constructible_v<T>;
}

/// A tuple whose elements were encoded one after the other.
template <class Tuple>
Tuple decode_each(byte_reader& in) {
  return [&]<std::size_t... i>(std::index_sequence<i...>)->Tuple {
    if constexpr ((check_travels_by_value<std::tuple_element_t<i, Tuple>>() && ...))
      return Tuple{decode<std::tuple_element_t<i, Tuple>>(in)...}; // braces: left to right
    else
      throw_usage_error("unreachable: rejected at compile time");
  }
  (std::make_index_sequence<std::tuple_size_v<Tuple>>{});
}

} // namespace troupe::detail
