// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/codec.hpp>
#include <troupe/detail/bound.hpp>
#include <troupe/detail/code_table.hpp>
#include <troupe/detail/signature.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>

/// How callables travel: a function pointer as its index in the table of functions, a lambda
/// without captures as nothing at all, the others as what they hold.

namespace troupe::detail {

template <class F>
inline constexpr bool is_function_pointer =
    std::is_pointer_v<F>&& std::is_function_v<std::remove_pointer_t<F>>;

template <class F>
inline constexpr bool is_bound = false;
template <class F, class... Values>
inline constexpr bool is_bound<bound<F, Values...>> = true;

template <class F>
inline constexpr bool is_vouched = false;
template <class F>
inline constexpr bool is_vouched<vouched<F>> = true;

template <class F>
constexpr bool is_sendable_callable();

template <class F, class... Values>
constexpr bool is_sendable_bound(std::type_identity<bound<F, Values...>>) {
  return is_sendable_callable<F>() && (is_sendable<Values>() && ...);
}

template <class F>
constexpr bool is_sendable_callable() {
  if constexpr (is_bound<F>)
    return is_sendable_bound(std::type_identity<F>{});
  else if constexpr (is_vouched<F>)
    return std::is_trivially_copyable_v<F>;
  else if constexpr (std::is_class_v<F>)
    return (std::is_empty_v<F> && std::is_trivially_copyable_v<F>) || is_sendable<F>();
  else
    return is_function_pointer<F>;
}

template <class F>
constexpr void require_callable();

template <class F, class... Values>
constexpr void require_bound(std::type_identity<bound<F, Values...>>) {
  require_callable<F>();
  (require_sendable<Values>(), ...);
}

/// Nothing when F is a callable; otherwise ends the compilation with a text that says what to do.
template <class F>
constexpr void require_callable() {
  if constexpr (is_bound<F>) {
    require_bound(std::type_identity<F>{});
  } else if constexpr (!is_sendable_callable<F>()) {
    reject_member_pointer<F>();
    static_assert(!std::is_class_v<F>,
                  "troupe: this callable cannot be sent to another process. A lambda with captures "
                  "or a std::function may hold references, which would dangle there: use "
                  "troupe::bind_front(f, values...), pass the values as arguments, or vouch for "
                  "its captures with troupe::by_value(lambda). A class of your own with operator() "
                  "needs a serialize() member, or to be a plain aggregate");
    static_assert(std::is_class_v<F> || std::is_member_pointer_v<F>,
                  "troupe: this is not something that can be called");
  }
}

/// `convert<To>` of such a value compiles: where a call in this process would convert it, and where To owns what the other
/// lends. Not by explicit constructors: those make a vector of zeros of a number, and delete what a raw pointer points at.
template <class To, class From>
concept convertible_to = std::is_convertible_v<From, To> || requires(From& value) {
  To(std::begin(value), std::end(value));
};

/// Nothing when `convert<To>` compiles; otherwise ends the compilation.
template <class To, class From>
constexpr void require_convertible() {
  static_assert(convertible_to<To, From>,
                "troupe: an argument cannot be converted to the type of the parameter");
}

/// `value` as a To: converted, or copied element by element where To owns what the other lent.
template <class To, class From>
To convert(From&& value) {
  if constexpr (std::is_convertible_v<From, To>) {
    return static_cast<To>(std::forward<From>(value));
  } else {
    require_convertible<To, From>();
    if constexpr (convertible_to<To, From>)
      return To(std::begin(value), std::end(value));
    else
      throw_usage_error("unreachable: rejected at compile time");
  }
}

/// Appends an argument as the type it travels as, `parameter_t`.
template <class To, class From>
void encode_argument(byte_writer& out, From&& value) {
  if constexpr (std::is_same_v<To, std::remove_cvref_t<From>>)
    encode<To>(out, value);
  else
    encode<To>(out, convert<To>(std::forward<From>(value)));
}

template <class F>
void encode_callable(byte_writer& out, const F& f);

template <class F, class... Values>
void encode_bound(byte_writer& out, const bound<F, Values...>& f) {
  encode_callable(out, f.function());
  std::apply([&](const Values&... values) { (encode(out, values), ...); }, f.values());
}

/// Appends `f`.
/// Errors: as `encode`; `usage_error` for a null pointer, or from the table of functions.
template <class F>
void encode_callable(byte_writer& out, const F& f) {
  require_callable<F>();
  if constexpr (is_function_pointer<F>) {
    if (!f)
      throw_usage_error("a null function pointer cannot be called");
    out.put(code_index_of(f));
  } else if constexpr (is_bound<F>) {
    encode_bound(out, f);
  } else if constexpr (is_vouched<F>) {
    out.put(f.function());
  } else if constexpr (std::is_empty_v<F> && std::is_trivially_copyable_v<F>) {
    return;
  } else if constexpr (is_sendable_callable<F>()) {
    encode(out, f);
  }
}

template <class F>
F decode_callable(byte_reader& in);

template <class F, class... Values>
bound<F, Values...> decode_bound(byte_reader& in, std::type_identity<bound<F, Values...>>) {
  auto f = decode_callable<F>(in);
  return {std::move(f), std::tuple<Values...>{decode<Values>(in)...}}; // braces: left to right
}

template <class F>
F decode_vouched(byte_reader& in, std::type_identity<vouched<F>>) {
  // Not bit_cast: GCC 12 takes a closure with a const capture for not trivially copyable there.
  alignas(F) std::array<std::byte, sizeof(F)> bytes;
  in.get(bytes.data(), bytes.size());
  return *std::launder(reinterpret_cast<F*>(bytes.data()));
}

/// The callable that was appended by `encode_callable` as the same type.
/// Errors: `decode_error`.
template <class F>
F decode_callable(byte_reader& in) {
  require_callable<F>();
  if constexpr (is_function_pointer<F>)
    return code_at<F>(in.get<std::uint32_t>());
  else if constexpr (is_bound<F>)
    return decode_bound(in, std::type_identity<F>{});
  else if constexpr (is_vouched<F>)
    return decode_vouched(in, std::type_identity<F>{});
  else if constexpr (std::is_empty_v<F> && std::is_trivially_copyable_v<F>)
    return std::bit_cast<F>(std::array<std::byte, sizeof(F)>{}); // closures may lack a constructor
  else if constexpr (is_sendable_callable<F>())
    return decode<F>(in);
  else
    throw_usage_error("unreachable: rejected at compile time");
}

/// The function a `callable` names on the wire.
using call_entry = void(byte_reader&);

template <class F>
void decode_and_run(byte_reader& in) {
  auto f = decode_callable<F>(in);
  static_cast<void>(call_apart(f));
}

} // namespace troupe::detail
