// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/sendable.hpp>

#include <array>
#include <chrono>
#include <complex>
#include <tuple>
#include <type_traits>
#include <utility>

/// Encodings of the types that hold a fixed number of values: one after the other, nothing else.

namespace troupe::detail {

template <class T, std::size_t n>
struct builtin<std::array<T, n>> {
  using parts = type_list<T>;
  static constexpr bool blittable = n != 0 && is_blittable<T>();

  static void save(encoder& to, const std::array<T, n>& values) {
    for (const auto& value : values)
      to.save(value);
  }
  static void load(decoder& from, std::array<T, n>& values) {
    for (auto& value : values)
      from.load(value);
  }
  static std::array<T, n> make(decoder& from) {
    return [&]<std::size_t... i>(std::index_sequence<i...>) {
      return std::array<T, n>{(static_cast<void>(i), from.make<T>())...};
    }
    (std::make_index_sequence<n>{});
  }
};

template <class A, class B>
struct builtin<std::pair<A, B>> {
  using parts = type_list<A, B>;

  static void save(encoder& to, const std::pair<A, B>& value) {
    to.save(value.first);
    to.save(value.second);
  }
  static void load(decoder& from, std::pair<A, B>& value) {
    from.load(value.first);
    from.load(value.second);
  }
  static std::pair<A, B> make(decoder& from) {
    auto first = from.make<A>();
    return {std::move(first), from.make<B>()};
  }
};

template <class... Ts>
struct builtin<std::tuple<Ts...>> {
  using parts = type_list<Ts...>;

  static void save(encoder& to, const std::tuple<Ts...>& value) {
    std::apply([&](const Ts&... each) { (to.save(each), ...); }, value);
  }
  static void load(decoder& from, std::tuple<Ts...>& value) {
    std::apply([&](Ts&... each) { (from.load(each), ...); }, value);
  }
  static std::tuple<Ts...> make(decoder& from) {
    return std::tuple<Ts...>{from.make<Ts>()...}; // braces: from left to right
  }
};

template <class T>
struct builtin<std::complex<T>> {
  using parts = type_list<T>;
  static constexpr bool blittable = is_blittable<T>();

  static void save(encoder& to, const std::complex<T>& value) {
    to.save(value.real());
    to.save(value.imag());
  }
  static void load(decoder& from, std::complex<T>& value) {
    const auto real = from.make<T>();
    value = {real, from.make<T>()};
  }
};

template <class Rep, class Period>
struct builtin<std::chrono::duration<Rep, Period>> {
  using parts = type_list<Rep>;
  static constexpr bool blittable = is_blittable<Rep>();

  static void save(encoder& to, const std::chrono::duration<Rep, Period>& value) { to.save(value.count()); }
  static void load(decoder& from, std::chrono::duration<Rep, Period>& value) {
    value = std::chrono::duration<Rep, Period>{from.make<Rep>()};
  }
};

template <class Clock, class Duration>
struct builtin<std::chrono::time_point<Clock, Duration>> {
  using parts = type_list<Duration>;
  static constexpr bool blittable = is_blittable<Duration>();

  static void save(encoder& to, const std::chrono::time_point<Clock, Duration>& value) {
    to.save(value.time_since_epoch());
  }
  static void load(decoder& from, std::chrono::time_point<Clock, Duration>& value) {
    value = std::chrono::time_point<Clock, Duration>{from.make<Duration>()};
  }
};

} // namespace troupe::detail
