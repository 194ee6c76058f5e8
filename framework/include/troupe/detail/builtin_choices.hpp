// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/sendable.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <variant>

/// Encodings of the types that hold one of several things: a byte that says which, then it.

namespace troupe::detail {

template <class T>
struct builtin<std::optional<T>> {
  using parts = type_list<T>;

  static void save(encoder& to, const std::optional<T>& value) {
    to.save(value.has_value());
    if (value)
      to.save(*value);
  }
  static void load(decoder& from, std::optional<T>& value) {
    if (!from.get_flag())
      value.reset();
    else if constexpr (std::is_default_constructible_v<T>)
      from.load(value.emplace());
    else
      value.emplace(from.make<T>());
  }
};

template <class... Ts>
struct builtin<std::variant<Ts...>> {
  using parts = type_list<Ts...>;
  using value_type = std::variant<Ts...>;
  static_assert(sizeof...(Ts) <= std::numeric_limits<std::uint8_t>::max());

  static void save(encoder& to, const value_type& value) {
    if (value.valueless_by_exception())
      throw_usage_error("a variant to be sent is valueless");
    to.save(static_cast<std::uint8_t>(value.index()));
    std::visit([&](const auto& held) { to.save(held); }, value);
  }

  static void load(decoder& from, value_type& value) {
    load_alternative(from, value, std::index_sequence_for<Ts...>{});
  }

  static value_type make(decoder& from) {
    std::optional<value_type> value;
    const std::size_t chosen = from.make<std::uint8_t>();
    choose(chosen, std::index_sequence_for<Ts...>{}, [&]<std::size_t i>(in_place<i>) {
      value.emplace(std::in_place_index<i>, make_alternative<i>(from));
    });
    return std::move(*value);
  }

 private:
  template <std::size_t i>
  struct in_place {};

  template <std::size_t i>
  static auto make_alternative(decoder& from) {
    return from.make<std::variant_alternative_t<i, value_type>>();
  }

  template <std::size_t... i, class Use>
  static void choose(std::size_t chosen, std::index_sequence<i...>, Use use) {
    const bool found = ((chosen == i && (use(in_place<i>{}), true)) || ...);
    if (!found)
      throw_decode_error("a variant has no such alternative");
  }

  template <std::size_t... i>
  static void load_alternative(decoder& from, value_type& value, std::index_sequence<i...> all) {
    const std::size_t chosen = from.make<std::uint8_t>();
    choose(chosen, all, [&]<std::size_t j>(in_place<j>) {
      using held = std::variant_alternative_t<j, value_type>;
      if constexpr (std::is_default_constructible_v<held>)
        from.load(value.template emplace<j>());
      else
        value.template emplace<j>(from.make<held>());
    });
  }
};

} // namespace troupe::detail
