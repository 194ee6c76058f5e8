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

/// A tuple whose elements were encoded one after the other.
template <class Tuple>
Tuple decode_each(byte_reader& in) {
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    return Tuple{decode<std::tuple_element_t<i, Tuple>>(in)...}; // braces: left to right
  }
  (std::make_index_sequence<std::tuple_size_v<Tuple>>{});
}

} // namespace troupe::detail
