// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/codec.hpp>
#include <troupe/detail/remote_exception.hpp>

#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>

namespace troupe::detail {

/// How exceptions of one registered type travel.
struct exception_entry {
  std::string name;
  const std::type_info* type;
  /// Appends the exception being handled. Null: it travels as its text only.
  void (*save_current)(byte_writer& out);
  /// Makes one from what was saved, or from `info.text`. Throws when it cannot.
  std::exception_ptr (*rebuild)(byte_reader& saved, const remote_info& info);
};

/// The exception types of this process that have been registered.
/// Threads: any.
class exception_registry {
 public:
  static exception_registry& instance();

  /// Errors: `usage_error` when the name is taken by another type, or the type has another name.
  void add(exception_entry entry);

  /// Null when there is none; otherwise valid for ever.
  const exception_entry* find(const std::type_info& type) const;
  const exception_entry* find(std::string_view name) const;

 private:
  mutable std::mutex mutex_;
  std::deque<exception_entry> entries_; // guarded by mutex_; entries stay where they are
};

/// Moving is what it takes to throw the rebuilt object.
template <class E>
inline constexpr bool rebuilt_from_saved_form = is_sendable<E>() && std::is_move_constructible_v<E> &&
                                                (std::is_default_constructible_v<E> ||
                                                 constructed_by_cereal<E>);

template <class E>
void save_current_as(byte_writer& out) {
  try {
    throw;
  } catch (const E& e) {
    encode(out, e);
  }
}

template <class E>
std::exception_ptr rebuild_exception(byte_reader& saved, const remote_info& info) {
  if constexpr (rebuilt_from_saved_form<E>)
    return make_remote_exception<E>(info, decode<E>(saved));
  else
    return make_remote_exception<E>(info, info.text);
}

template <class E>
exception_entry make_exception_entry(std::string_view name) {
  exception_entry entry{std::string{name}, &typeid(E), nullptr, &rebuild_exception<E>};
  if constexpr (rebuilt_from_saved_form<E>)
    entry.save_current = &save_current_as<E>;
  return entry;
}

} // namespace troupe::detail
