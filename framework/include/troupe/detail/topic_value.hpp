// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/codec.hpp>
#include <troupe/detail/announced.hpp>

#include <cstdint>
#include <memory>
#include <type_traits>
#include <typeinfo>
#include <utility>

/// One published value, of whatever type, on its way through the actors of a topic. These are no templates, so what
/// they must know of the type travels with the value: as the index of a function in the code table.

namespace troupe::detail {

/// What can be done with values of one type. One per type and process.
struct topic_type {
  const std::type_info& type;
  void (*save)(byte_writer& out, const void* value);
  std::shared_ptr<void> (*load)(byte_reader& in);
  std::uint32_t (*index)(); ///< of the function that gives this, in the code table
};

template <class T>
const topic_type& topic_type_of() {
  static const topic_type made{
      typeid(T), [](byte_writer& out, const void* value) { encode(out, *static_cast<const T*>(value)); },
      [](byte_reader& in) -> std::shared_ptr<void> { return std::make_shared<T>(decode<T>(in)); },
      [] { return announced_index<&topic_type_of<T>>(); }};
  return made;
}

/// Copies share the value.
struct topic_value {
  const topic_type* type = nullptr; ///< null, as `value`: it arrived, but could not be loaded
  std::shared_ptr<void> value{};
  bool sole = false; ///< nobody else looks at it: it may be moved from

  template <class T>
  static topic_value of(T&& x) {
    using plain = std::remove_cvref_t<T>;
    return {&topic_type_of<plain>(), std::make_shared<plain>(std::forward<T>(x))};
  }
  /// REQUIRES: not null, and made of a T.
  template <class T>
  T& as() const {
    return *static_cast<T*>(value.get());
  }
};

template <>
struct builtin<topic_value> {
  using parts = type_list<>;
  static void save(encoder& to, const topic_value& value);
  /// A value that does not load is logged and null: it must not end those it goes through.
  static void load(decoder& from, topic_value& value);
};

} // namespace troupe::detail
