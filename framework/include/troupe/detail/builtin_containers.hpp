// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/sendable.hpp>

#include <concepts>
#include <cstdint>
#include <cstring>
#include <deque>
#include <forward_list>
#include <iterator>
#include <list>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

/// Encodings of the standard containers: the number of elements, then the elements.
///
/// An element takes at least one byte: where elements are empty, the sequence is padded. So a
/// number of elements greater than the number of bytes left is known to be a lie before any memory
/// is taken for it.

namespace troupe::detail {

/// Saves `count` elements so that they take at least `count` bytes.
template <class Range>
void save_elements(encoder& to, const Range& range, std::size_t count) {
  const nesting guard{to};
  auto& out = to.bytes();
  to.put_length(count);
  const auto start = out.size();
  for (const auto& element : range)
    to.save(element);
  for (auto used = out.size() - start; used < count; ++used)
    out.put(std::byte{0});
}

/// Calls `load_one` for each element, then skips the padding.
template <class LoadOne>
void load_elements(decoder& from, std::size_t count, LoadOne load_one) {
  const nesting guard{from};
  auto& in = from.bytes();
  const auto start = in.remaining();
  for (std::size_t i = 0; i < count; ++i)
    load_one();
  if (const auto used = start - in.remaining(); used < count)
    in.take(count - used);
}

/// Number and bytes of contiguous blittable elements.
template <class T>
void save_blittable(encoder& to, const T* elements, std::size_t count) {
  to.put_length(count);
  to.bytes().put(elements, count * sizeof(T));
}

/// The number of elements of `size_bytes` each, all of which are still there to be taken.
inline std::size_t get_length_of_blittable(decoder& from, std::size_t size_bytes) {
  const auto count = from.get_length();
  if (count > from.bytes().remaining() / size_bytes)
    throw_decode_error("a length exceeds what is left of the message");
  return count;
}

/// Fills a string or vector. Copies straight from the message where its bytes happen to be
/// aligned, which saves clearing the memory first.
template <class Contiguous>
void load_blittable(decoder& from, Contiguous& values) {
  using T = typename Contiguous::value_type;
  const auto count = get_length_of_blittable(from, sizeof(T));
  const auto bytes = from.bytes().take(count * sizeof(T));
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(T) == 0) {
    const auto* first = reinterpret_cast<const T*>(bytes.data());
    values.assign(first, first + count);
  } else {
    values.resize(count);
    if (count != 0)
      std::memcpy(values.data(), bytes.data(), bytes.size());
  }
}

template <class Char, class Traits, class Allocator>
struct builtin<std::basic_string<Char, Traits, Allocator>> {
  using value_type = std::basic_string<Char, Traits, Allocator>;
  using parts = type_list<Char>;

  static void save(encoder& to, const value_type& value) { save_blittable(to, value.data(), value.size()); }
  static void load(decoder& from, value_type& value) { load_blittable(from, value); }
};

/// std::filesystem::path, by its shape: programs without one need not compile <filesystem>.
template <class T>
concept file_path = requires(const T& path) {
  T::preferred_separator;
  { path.native() } -> std::same_as<const typename T::string_type&>;
};

template <file_path T>
struct builtin<T> {
  using parts = type_list<typename T::string_type>;

  static void save(encoder& to, const T& value) { to.save(value.native()); }
  static void load(decoder& from, T& value) { value = from.make<typename T::string_type>(); }
};

template <class T, class Allocator>
struct builtin<std::vector<T, Allocator>> {
  using value_type = std::vector<T, Allocator>;
  using parts = type_list<T>;

  static void save(encoder& to, const value_type& values) {
    if constexpr (is_blittable<T>())
      save_blittable(to, values.data(), values.size());
    else
      save_elements(to, values, values.size());
  }

  static void load(decoder& from, value_type& values) {
    if constexpr (is_blittable<T>()) {
      load_blittable(from, values);
    } else {
      const auto count = from.get_length();
      values.clear();
      values.reserve(from.advance(count, sizeof(T)));
      load_elements(from, count, [&] {
        if constexpr (std::is_default_constructible_v<T>)
          from.load(values.emplace_back());
        else
          values.push_back(from.make<T>());
      });
    }
  }
};

template <class Allocator>
struct builtin<std::vector<bool, Allocator>> {
  using parts = type_list<bool>;

  static void save(encoder& to, const std::vector<bool, Allocator>& values) {
    to.put_length(values.size());
    for (const bool value : values)
      to.save(value);
  }
  static void load(decoder& from, std::vector<bool, Allocator>& values) {
    const auto count = from.get_length();
    values.assign(count, false);
    for (std::size_t i = 0; i < count; ++i)
      values[i] = from.get_flag();
  }
};

/// std::deque and std::list: grow with what was decoded.
template <class Sequence>
struct builtin_sequence {
  using element = typename Sequence::value_type;
  using parts = type_list<element>;

  static void save(encoder& to, const Sequence& values) { save_elements(to, values, values.size()); }
  static void load(decoder& from, Sequence& values) {
    const auto count = from.get_length();
    values.clear();
    load_elements(from, count, [&] {
      if constexpr (std::is_default_constructible_v<element>)
        from.load(values.emplace_back());
      else
        values.push_back(from.make<element>());
    });
  }
};

template <class T, class Allocator>
struct builtin<std::deque<T, Allocator>> : builtin_sequence<std::deque<T, Allocator>> {};
template <class T, class Allocator>
struct builtin<std::list<T, Allocator>> : builtin_sequence<std::list<T, Allocator>> {};

template <class T, class Allocator>
struct builtin<std::forward_list<T, Allocator>> {
  using parts = type_list<T>;

  static void save(encoder& to, const std::forward_list<T, Allocator>& values) {
    const auto count = std::distance(values.begin(), values.end());
    save_elements(to, values, static_cast<std::size_t>(count));
  }
  static void load(decoder& from, std::forward_list<T, Allocator>& values) {
    const auto count = from.get_length();
    values.clear();
    auto last = values.before_begin();
    load_elements(from, count, [&] { last = values.insert_after(last, from.make<T>()); });
  }
};

/// Sets and maps. Elements arrive in the order of the sender's container.
template <class Associative>
struct builtin_associative {
  using key_type = typename Associative::key_type;

  static void save(encoder& to, const Associative& values) { save_elements(to, values, values.size()); }
  static void load(decoder& from, Associative& values) {
    const auto count = from.get_length();
    values.clear();
    if constexpr (requires { values.reserve(count); })
      values.reserve(from.advance(count, sizeof(void*)));
    load_elements(from, count, [&] {
      if constexpr (requires { typename Associative::mapped_type; }) {
        auto key = from.make<key_type>();
        values.emplace_hint(values.end(), std::move(key), from.make<typename Associative::mapped_type>());
      } else {
        values.emplace_hint(values.end(), from.make<key_type>());
      }
    });
  }
};

template <class Set>
struct builtin_set : builtin_associative<Set> {
  using parts = type_list<typename Set::key_type>;
};
template <class Map>
struct builtin_map : builtin_associative<Map> {
  using parts = type_list<typename Map::key_type, typename Map::mapped_type>;
};

template <class... Ts>
struct builtin<std::set<Ts...>> : builtin_set<std::set<Ts...>> {};
template <class... Ts>
struct builtin<std::multiset<Ts...>> : builtin_set<std::multiset<Ts...>> {};
template <class... Ts>
struct builtin<std::unordered_set<Ts...>> : builtin_set<std::unordered_set<Ts...>> {};
template <class... Ts>
struct builtin<std::unordered_multiset<Ts...>> : builtin_set<std::unordered_multiset<Ts...>> {};
template <class... Ts>
struct builtin<std::map<Ts...>> : builtin_map<std::map<Ts...>> {};
template <class... Ts>
struct builtin<std::multimap<Ts...>> : builtin_map<std::multimap<Ts...>> {};
template <class... Ts>
struct builtin<std::unordered_map<Ts...>> : builtin_map<std::unordered_map<Ts...>> {};
template <class... Ts>
struct builtin<std::unordered_multimap<Ts...>> : builtin_map<std::unordered_multimap<Ts...>> {};

} // namespace troupe::detail
