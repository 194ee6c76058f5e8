// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/exception_registry.hpp>
#include <troupe/exceptions.hpp>

#include <string_view>

namespace troupe {

/// Makes exceptions of type E arrive as E when they are thrown in another process. Standard
/// exceptions and those of troupe need no registration; any other type arrives as `task_error`.
///
/// In: `name` identifies the type on the wire; it must be the same in every process and must not
///   change its meaning between versions of a program that talk to each other. E travels in its
///   saved form when it is sendable (it has `serialize`, or is a plain aggregate), and otherwise
///   as its what(), from which it is then constructed.
/// Out: true, so that a namespace-scope variable can do it before main.
/// Errors: `usage_error` when the name is taken by another type. Doing it twice is fine.
/// Threads: any, at any time. It must have happened in the process that throws and in the one that
///   catches: at namespace scope, or in main before the runtime is made.
///
/// Example:
///   struct parse_error : std::runtime_error { using std::runtime_error::runtime_error; };
///   const bool registered = troupe::register_exception<parse_error>("parse_error");
template <class E>
bool register_exception(std::string_view name) {
  static_assert(std::is_class_v<E> && !std::is_const_v<E>,
                "troupe: register_exception<E>: E must be a class");
  static_assert(detail::rebuilt_from_saved_form<E> || std::is_constructible_v<E, std::string>,
                "troupe: this exception cannot be rebuilt in another process: give it a "
                "constructor from std::string, or a serialize() member and a default constructor");
  detail::exception_registry::instance().add(detail::make_exception_entry<E>(name));
  return true;
}

} // namespace troupe
