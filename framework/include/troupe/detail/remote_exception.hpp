// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/exceptions.hpp>

#include <exception>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace troupe::detail {

/// An E that was thrown in another process: caught as E, and with `remote_info` to ask for.
template <class E>
class remote_exception : public E, public remote_info_carrier {
 public:
  template <class... Args>
  explicit remote_exception(remote_info info, Args&&... args)
      : E(std::forward<Args>(args)...), remote_info_carrier{std::move(info), typeid(E)} {}
};

/// For exceptions with a text: says what the original said, not what E makes of it.
template <class E>
requires std::is_base_of_v<std::exception, E>
class remote_exception<E> : public E, public remote_info_carrier {
 public:
  template <class... Args>
  explicit remote_exception(remote_info info, Args&&... args)
      : E(std::forward<Args>(args)...), remote_info_carrier{std::move(info), typeid(E)} {}

  const char* what() const noexcept override { return info().text.c_str(); }
};

/// A pointer to a new E, constructed from `args`, that carries `info` if E can be derived from.
/// Throws what the constructor throws.
template <class E, class... Args>
std::exception_ptr make_remote_exception(remote_info info, Args&&... args) {
  constexpr bool can_carry = !std::is_final_v<E> && !std::is_base_of_v<remote_info_carrier, E>;
  if constexpr (can_carry)
    return std::make_exception_ptr(remote_exception<E>(std::move(info), std::forward<Args>(args)...));
  else
    return std::make_exception_ptr(E(std::forward<Args>(args)...));
}

} // namespace troupe::detail
