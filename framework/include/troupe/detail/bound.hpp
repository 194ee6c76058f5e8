// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/signature.hpp>

#include <cstddef>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

/// The types `bind_front` and `by_value` make.

namespace troupe::detail {

/// A callable and the first of its arguments. Can be called any number of times.
template <class F, class... Values>
class bound {
 public:
  explicit bound(F f, Values... values) : f_{std::move(f)}, values_{std::move(values)...} {}
  bound(F f, std::tuple<Values...> values) : f_{std::move(f)}, values_{std::move(values)} {}

  template <class... Args>
  requires(std::is_invocable_v<F&, Values&..., Args...> || signature<F>::known) decltype(auto) operator()(
      Args&&... args) {
    return call(*this, std::index_sequence_for<Values...>{}, std::forward<Args>(args)...);
  }
  template <class... Args>
  requires(std::is_invocable_v<const F&, const Values&..., Args...> || signature<F>::known) decltype(auto)
  operator()(Args&&... args) const {
    return call(*this, std::index_sequence_for<Values...>{}, std::forward<Args>(args)...);
  }

  const F& function() const { return f_; }
  const std::tuple<Values...>& values() const { return values_; }

 private:
  template <class Self, std::size_t... i, class... Args>
  static decltype(auto) call(Self& self, std::index_sequence<i...>, Args&&... args) {
    if constexpr (signature<F>::known)
      return self.f_(as_argument<std::tuple_element_t<i, typename signature<F>::params>, false>(
                         std::get<i>(self.values_))...,
                     std::forward<Args>(args)...);
    else
      return self.f_(std::get<i>(self.values_)..., std::forward<Args>(args)...);
  }

  F f_;
  std::tuple<Values...> values_;
};

template <class F, class... Values>
struct signature<bound<F, Values...>> : signature_without_first<sizeof...(Values), signature<F>> {};

template <class F, std::size_t i, class Arg, class... Values>
requires(!signature<F>::known) struct parameter<bound<F, Values...>, i, Arg>
    : parameter<F, sizeof...(Values) + i, Arg> {
};

/// A callable object that is sent as its bytes, on its author's word.
template <class F>
class vouched {
 public:
  vouched(F f) : f_{std::move(f)} {}

  template <class... Args>
  requires std::is_invocable_v<F&, Args...>
  decltype(auto) operator()(Args&&... args) { return f_(std::forward<Args>(args)...); }
  template <class... Args>
  requires std::is_invocable_v<const F&, Args...>
  decltype(auto) operator()(Args&&... args) const { return f_(std::forward<Args>(args)...); }

  const F& function() const { return f_; }

 private:
  F f_;
};

template <class F>
struct signature<vouched<F>> : signature<F> {};

} // namespace troupe::detail
