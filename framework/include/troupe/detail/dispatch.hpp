// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/sendable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

/// `encoder::save`, `decoder::load` and `decoder::make`: the one place that decides how a type is
/// encoded. They must choose alike.

namespace troupe::detail {

/// What serialisation functions pass to an archive that is no value: Cereal's notes to it.
enum class note { none, name, length, bytes, base, for_cereal };

template <class T>
inline constexpr note note_kind = note::none;
template <class T>
inline constexpr note note_kind<cereal::NameValuePair<T>> = note::name;
template <class T>
inline constexpr note note_kind<cereal::SizeTag<T>> = note::length;
template <class T>
inline constexpr note note_kind<cereal::BinaryData<T>> = note::bytes;
template <class T>
inline constexpr note note_kind<cereal::base_class<T>> = note::base;
template <class T>
inline constexpr note note_kind<cereal::virtual_base_class<T>> = note::for_cereal;
template <class T>
inline constexpr note note_kind<cereal::DeferredData<T>> = note::for_cereal;

/// A bool, or an enum that is one underneath: the scalars for which not every byte is a value.
template <class T>
constexpr bool is_flag() {
  if constexpr (std::is_enum_v<T>)
    return std::is_same_v<std::underlying_type_t<T>, bool>;
  else
    return std::is_same_v<T, bool>;
}

template <class T>
void encoder::save(const T& value) {
  if constexpr (scalar<T>) {
    out_.put(value);
  } else if constexpr (is_blittable<T>()) {
    out_.put(std::addressof(value), sizeof(T));
  } else if constexpr (std::is_bounded_array_v<T>) {
    for (const auto& element : value)
      save(element);
  } else if constexpr (note_kind<T> != note::none) {
    save_note(value);
  } else if constexpr (has_builtin<T>) {
    builtin<T>::save(*this, value);
  } else if constexpr (saved_by_cereal<T>) {
    save_by_cereal(value);
  } else if constexpr (std::is_empty_v<T>) {
    return;
  } else if constexpr (plain_aggregate<T>) {
    visit_members(value, [this](const auto&... members) { (save(members), ...); });
  } else {
    reject_unsendable<T>();
  }
}

template <class T>
void encoder::save_note(const T& value) {
  if constexpr (note_kind<T> == note::name)
    save(value.value);
  else if constexpr (note_kind<T> == note::length)
    put_length(static_cast<std::size_t>(value.size));
  else if constexpr (note_kind<T> == note::bytes)
    out_.put(value.data, static_cast<std::size_t>(value.size));
  else if constexpr (note_kind<T> == note::base)
    save(*value.base_ptr);
  else
    save_by_cereal(value);
}

template <class T>
void encoder::save_by_cereal(const T& value) {
  using base = cereal::OutputArchive<output_archive, cereal::AllowEmptyClassElision>;
  static_cast<base&>(archive())(value);
}

template <class T>
void decoder::load(T& value) {
  if constexpr (is_flag<T>()) {
    value = static_cast<T>(get_flag());
  } else if constexpr (scalar<T> || is_blittable<T>()) {
    in_.get(std::addressof(value), sizeof(T));
  } else if constexpr (std::is_bounded_array_v<T>) {
    for (auto& element : value)
      load(element);
  } else if constexpr (note_kind<T> != note::none) {
    load_note(value);
  } else if constexpr (has_builtin<T>) {
    builtin<T>::load(*this, value);
  } else if constexpr (saved_by_cereal<T>) {
    load_by_cereal(value);
  } else if constexpr (std::is_empty_v<T>) {
    return;
  } else if constexpr (plain_aggregate<T>) {
    visit_members(value, [this](auto&... members) { (load(members), ...); });
  } else {
    reject_unsendable<T>();
  }
}

template <class T>
void decoder::load_note(T& value) {
  if constexpr (note_kind<T> == note::name)
    load(value.value);
  else if constexpr (note_kind<T> == note::length)
    value.size = static_cast<std::remove_reference_t<decltype(value.size)>>(get_length());
  else if constexpr (note_kind<T> == note::bytes)
    in_.get(value.data, static_cast<std::size_t>(value.size));
  else if constexpr (note_kind<T> == note::base)
    load(*value.base_ptr);
  else
    load_by_cereal(value);
}

template <class T>
void decoder::load_by_cereal(T& value) {
  using base = cereal::InputArchive<input_archive, cereal::AllowEmptyClassElision>;
  if constexpr (!cereal::traits::is_input_serializable<T, input_archive>::value && constructed_by_cereal<T>)
    value = construct_by_cereal<T>();
  else
    static_cast<base&>(archive())(value);
}

template <class... Members, class T>
T decoder::make_from_members(type_list<Members...>, std::type_identity<T>) {
  return T{make<Members>()...}; // braces: from left to right
}

/// A function of its own, so that the value is not moved on its way out.
template <class T>
T decoder::make_in_place() {
  T value{};
  load(value);
  return value;
}

template <class T>
T decoder::make() {
  if constexpr (constructed_by_cereal<T>) {
    return construct_by_cereal<T>();
  } else if constexpr (std::is_default_constructible_v<T>) {
    return make_in_place<T>();
  } else if constexpr (requires { &builtin<T>::make; }) {
    return builtin<T>::make(*this);
  } else if constexpr (!saved_by_cereal<T> && plain_aggregate<T>) {
    return make_from_members(member_types<T>{}, std::type_identity<T>{});
  } else {
    static_assert(std::is_default_constructible_v<T>,
                  "troupe: this type can be sent but not received: it has no default constructor: "
                  "give it one, or a static load_and_construct()");
  }
}

/// Lets Cereal construct a T in place, then moves it out.
template <class T>
T decoder::construct_by_cereal() {
  alignas(T) std::byte memory[sizeof(T)];
  cereal::memory_detail::LoadAndConstructLoadWrapper<input_archive, T> loading{reinterpret_cast<T*>(memory)};
  struct destroyer {
    decltype(loading)& constructed;
    ~destroyer() {
      try {
        std::destroy_at(constructed.construct.ptr());
      } catch (const cereal::Exception&) {
        return; // it threw before it had constructed anything
      }
    }
  } const guard{loading};
  loading.CEREAL_SERIALIZE_FUNCTION_NAME(archive());
  return std::move(*loading.construct.ptr());
}

} // namespace troupe::detail
