// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/aggregate.hpp>
#include <troupe/detail/archive.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>

/// Which types can be sent, which of them as raw bytes, and what to say about those that cannot.

namespace troupe::detail {

/// How a standard type is saved and loaded. Specialisations have
///   using parts = type_list<…>;                  the types it consists of
///   static void save(encoder&, const T&);
///   static void load(decoder&, T&);              replaces the value
/// and optionally
///   static T make(decoder&);                     for when a part has no default constructor
///   static constexpr bool blittable;             the encoding is the object's own bytes
template <class T>
struct builtin;

template <class T>
concept has_builtin = requires {
  typename builtin<T>::parts;
};

template <class T>
inline constexpr bool is_smart_pointer = false;
template <class T>
inline constexpr bool is_smart_pointer<std::unique_ptr<T>> = true;
template <class T>
inline constexpr bool is_smart_pointer<std::shared_ptr<T>> = true;
template <class T>
inline constexpr bool is_smart_pointer<std::weak_ptr<T>> = true;

template <class T>
concept scalar = std::is_arithmetic_v<T> || std::is_enum_v<T>;

/// Its bytes are its encoding, and any bytes are a value of it.
template <class T>
concept travels_as_it_is = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

/// Asked of classes only that troupe does not know itself: the answer costs compile time.
template <class T>
concept constructed_by_cereal =
    std::is_class_v<T> && !has_builtin<T> && cereal::traits::has_load_and_construct<T, input_archive>::value;

template <class T>
concept saved_by_cereal = (std::is_class_v<T> || std::is_union_v<T>)&&!is_smart_pointer<T> &&
                          (cereal::traits::is_output_serializable<T, output_archive>::value ||
                           cereal::traits::is_input_serializable<T, input_archive>::value ||
                           constructed_by_cereal<T>);

template <class T>
concept sent_by_members =
    !has_builtin<T> && !saved_by_cereal<T> && (plain_aggregate<T> || std::is_empty_v<T>);

/// Every bit pattern is a value and there are no padding bytes.
template <class T>
constexpr bool is_blittable();

template <class... Members>
constexpr bool are_blittable_without_gaps(type_list<Members...>, std::size_t size_bytes) {
  return (is_blittable<Members>() && ...) && (sizeof(Members) + ... + 0) == size_bytes;
}

template <class T>
constexpr bool is_blittable() {
  if constexpr (std::is_enum_v<T>)
    return !std::is_same_v<std::underlying_type_t<T>, bool>;
  else if constexpr (std::is_arithmetic_v<T>)
    return !std::is_same_v<T, bool>;
  else if constexpr (std::is_bounded_array_v<T>)
    return is_blittable<std::remove_extent_t<T>>();
  else if constexpr (requires { builtin<T>::blittable; })
    return builtin<T>::blittable;
  else if constexpr (!std::is_class_v<T> || !std::is_trivially_copyable_v<T> || !std::is_aggregate_v<T> ||
                     std::is_empty_v<T>)
    return false;
  else if constexpr (sent_by_members<T>)
    return are_blittable_without_gaps(member_types<T>{}, sizeof(T));
  else
    return false;
}

template <class T, class... Seen>
constexpr bool is_sendable();

template <class... Seen, class... Parts>
constexpr bool are_sendable(type_list<Parts...>) {
  return (is_sendable<Parts, Seen...>() && ...);
}

/// `Seen` are the types around T: one that contains itself, behind a pointer, asks only once.
template <class T, class... Seen>
constexpr bool is_sendable() {
  if constexpr (std::is_const_v<T>)
    return false;
  else if constexpr (scalar<T> || (std::is_same_v<T, Seen> || ...))
    return true;
  else if constexpr (std::is_bounded_array_v<T>)
    return is_sendable<std::remove_all_extents_t<T>, Seen...>();
  else if constexpr (!std::is_class_v<T> && !std::is_union_v<T>)
    return false;
  else if constexpr (has_builtin<T>)
    return are_sendable<T, Seen...>(typename builtin<T>::parts{});
  else if constexpr (saved_by_cereal<T>)
    return cereal::traits::is_output_serializable<T, output_archive>::value &&
           (cereal::traits::is_input_serializable<T, input_archive>::value || constructed_by_cereal<T>);
  else if constexpr (std::is_empty_v<T>)
    return std::is_trivially_copyable_v<T>;
  else if constexpr (plain_aggregate<T>)
    return are_sendable<T, Seen...>(member_types<T>{});
  else
    return false;
}

template <class T>
inline constexpr bool is_std_span = false;
template <class T, std::size_t extent>
inline constexpr bool is_std_span<std::span<T, extent>> = true;

template <class T>
inline constexpr bool is_string_view = false;
template <class Char, class Traits>
inline constexpr bool is_string_view<std::basic_string_view<Char, Traits>> = true;

template <class T>
inline constexpr bool is_reference_wrapper = false;
template <class T>
inline constexpr bool is_reference_wrapper<std::reference_wrapper<T>> = true;

template <class T>
inline constexpr bool is_std_function = false;
template <class Signature>
inline constexpr bool is_std_function<std::function<Signature>> = true;

template <class T>
concept callable_object = std::is_class_v<T> &&(is_std_function<T> || requires { &T::operator(); });

/// Ends the compilation: T itself, rather than something in it, cannot be sent. The compiler
/// prints T as the argument of this template.
template <class T>
constexpr void reject_unsendable() {
  constexpr bool explained = std::is_reference_v<T> || std::is_pointer_v<T> || std::is_member_pointer_v<T> ||
                             is_string_view<T> || is_std_span<T> || is_reference_wrapper<T> ||
                             std::is_const_v<T> || callable_object<T> || is_smart_pointer<T>;
  static_assert(!std::is_reference_v<T> && !is_reference_wrapper<T>,
                "troupe: this type cannot be sent: a reference would dangle in another process: "
                "send the value itself, or a handle (queue, array, actor_ref, …)");
  static_assert(!std::is_pointer_v<T>,
                "troupe: this type cannot be sent: a raw pointer means nothing in another process: "
                "send the value, a std::unique_ptr to it, a std::string instead of const char*, "
                "or a handle (queue, array, actor_ref, …)");
  static_assert(!std::is_member_pointer_v<T>,
                "troupe: this type cannot be sent: a pointer to member is not portable between "
                "processes: send a function that names the member");
  static_assert(!is_string_view<T>,
                "troupe: this type cannot be sent: a std::string_view does not own its text: "
                "send a std::string");
  static_assert(!is_std_span<T>,
                "troupe: this type cannot be sent: a std::span does not own its elements: "
                "send a std::vector, or a shared troupe::array");
  static_assert(!callable_object<T>,
                "troupe: this type cannot be sent: a std::function or a lambda with captures may "
                "hold references, which would dangle in another process: use troupe::bind_front, "
                "pass the values as arguments, or troupe::by_value(lambda)");
  static_assert(!is_smart_pointer<T>,
                "troupe: this type cannot be sent: a smart pointer to a class with virtual "
                "functions, or to an array, does not say what to send: send a std::variant of the "
                "concrete classes, or a container");
  static_assert(!std::is_const_v<T>,
                "troupe: this type cannot be sent: a const member cannot be loaded: make it "
                "non-const, or give the class load_and_construct()");
  static_assert(explained,
                "troupe: this type cannot be sent to another process: give it a serialize() "
                "member, make it a plain aggregate of sendable members (public, no base class, no "
                "constructor, at most 32; C arrays of at most 16384 elements), or send a handle (queue, "
                "mutex, array, actor_ref, …) in its place");
}

template <class T>
constexpr void require_sendable();

template <class... Parts>
constexpr void require_parts(type_list<Parts...>) {
  (require_sendable<Parts>(), ...);
}

/// Nothing when T is sendable; otherwise ends the compilation with a text that names the part of T
/// at fault and the remedy.
template <class T>
constexpr void require_sendable() {
  if constexpr (!is_sendable<T>()) {
    if constexpr (std::is_bounded_array_v<T>)
      require_sendable<std::remove_all_extents_t<T>>();
    else if constexpr (std::is_const_v<T>)
      reject_unsendable<T>();
    else if constexpr (has_builtin<T>)
      require_parts(typename builtin<T>::parts{});
    else if constexpr (!saved_by_cereal<T> && plain_aggregate<T>)
      require_parts(member_types<T>{});
    else
      reject_unsendable<T>();
  }
}

} // namespace troupe::detail

namespace troupe {

/// T can be sent to another process: an arithmetic type or enum, a standard container, optional,
/// variant, tuple or owning pointer of sendable types, a class with Cereal functions (`serialize`,
/// or `save` and `load`), a plain aggregate of sendable members, or one of troupe's handles.
///
/// References, raw pointers, views and closures are not: they refer to memory of this process.
template <class T>
concept sendable = detail::is_sendable<T>();

} // namespace troupe
