// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/aggregate.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// What a callable takes, what travels in its place, and how a call is made from what arrived.
///
/// An argument is converted before it travels to the type of the parameter it is for. Parameters
/// that only look at something (`const T&`, `std::string_view`, `const char*`, `std::span`) travel
/// as the type that owns it.

namespace troupe::detail {

template <class Result, class... Params>
struct known_signature {
  static constexpr bool known = true;
  static constexpr std::size_t arity = sizeof...(Params);
  using result = Result;
  using params = std::tuple<Params...>;
};

/// Of a generic lambda or overloaded operator(): it takes what it is given.
struct unknown_signature {
  static constexpr bool known = false;
};

template <class R, class C, class... A, bool n>
known_signature<R, A...> signature_of_member(R (C::*)(A...) noexcept(n));
template <class R, class C, class... A, bool n>
known_signature<R, A...> signature_of_member(R (C::*)(A...) const noexcept(n));
template <class R, class C, class... A, bool n>
known_signature<R, A...> signature_of_member(R (C::*)(A...) & noexcept(n));
template <class R, class C, class... A, bool n>
known_signature<R, A...> signature_of_member(R (C::*)(A...) const& noexcept(n));

/// known_signature or unknown_signature.
template <class F>
struct signature : unknown_signature {};
template <class R, class... A, bool n>
struct signature<R (*)(A...) noexcept(n)> : known_signature<R, A...> {};
template <class F>
requires requires { signature_of_member(&F::operator()); }
struct signature<F> : decltype(signature_of_member(&F::operator())) {};

/// The signature without its first `count` parameters.
template <std::size_t count, class Signature>
struct signature_without_first : unknown_signature {};
template <std::size_t count, class Signature>
requires(Signature::known&& Signature::arity >= count) struct signature_without_first<count, Signature> {
  static constexpr bool known = true;
  static constexpr std::size_t arity = Signature::arity - count;
  using result = typename Signature::result;
  using params = typename decltype([]<std::size_t... i>(std::index_sequence<i...>) {
    return std::type_identity<std::tuple<std::tuple_element_t<count + i, typename Signature::params>...>>{};
  }(std::make_index_sequence<arity>{}))::type;
};

/// As which type a value of type T, already decayed, travels.
template <class T>
struct travel {
  using type = T;
};
template <>
struct travel<const char*> {
  using type = std::string;
};
template <>
struct travel<char*> {
  using type = std::string;
};
template <>
struct travel<std::string_view> {
  using type = std::string;
};
template <class T, std::size_t extent>
struct travel<std::span<T, extent>> {
  using type = std::vector<std::remove_const_t<T>>;
};
template <>
struct travel<std::vector<bool>::reference> {
  using type = bool;
};
template <class Key, class Value> // an element of a std::map
struct travel<std::pair<const Key, Value>> {
  using type = std::pair<Key, Value>;
};

template <class T>
using travel_t = typename travel<std::decay_t<T>>::type;

template <class F, std::size_t i, class Arg>
struct parameter {
  using type = travel_t<Arg>;
};
template <class F, std::size_t i, class Arg>
requires(signature<F>::known&& i < signature<F>::arity) struct parameter<F, i, Arg> {
  using type = travel_t<std::tuple_element_t<i, typename signature<F>::params>>;
};

/// The type as which argument `i` of a call of F travels, when it is given as an `Arg`.
template <class F, std::size_t i, class Arg>
using parameter_t = typename parameter<std::decay_t<F>, i, Arg>::type;

/// The argument for a parameter of type Param, made of what travelled. `Consume`: the value is not
/// needed afterwards and may be moved from.
template <class Param, bool consume, class Travelled>
constexpr decltype(auto) as_argument(Travelled& value) {
  using plain = std::decay_t<Param>;
  if constexpr (std::is_same_v<plain, const char*> || std::is_same_v<plain, char*>)
    return value.data();
  else if constexpr (!std::is_same_v<plain, std::remove_const_t<Travelled>>)
    return plain{value};
  else if constexpr (consume || std::is_lvalue_reference_v<Param>)
    return static_cast<Param&&>(value);
  else if constexpr (std::is_rvalue_reference_v<Param>)
    return plain{value};
  else
    return static_cast<const plain&>(value);
}

/// `as_argument` makes a temporary of it, which is gone when the call returns.
template <class Param, class Travelled>
inline constexpr bool is_rebuilt =
    !std::is_same_v<std::decay_t<Param>, Travelled> && !std::is_same_v<std::decay_t<Param>, const char*> &&
    !std::is_same_v<std::decay_t<Param>, char*>;

template <class Params, class Travelled>
inline constexpr bool rebuilds_any = false;
template <class... P, class... T>
requires(sizeof...(P) ==
         sizeof...(T)) inline constexpr bool rebuilds_any<std::tuple<P...>, std::tuple<T...>> =
    (is_rebuilt<P, T> || ...);

/// What a call returns as: a reference may be to such a temporary, and is copied while that is there.
template <class Result, class Params, class Travelled>
using kept_result = std::conditional_t<std::is_copy_constructible_v<std::remove_cvref_t<Result>> &&
                                           rebuilds_any<Params, Travelled>,
                                       std::remove_cvref_t<Result>, Result>;

/// Ends the compilation.
template <class F>
constexpr void reject_member_pointer() {
  static_assert(!std::is_member_pointer_v<F>,
                "troupe: a pointer to member cannot be called in another process: write a "
                "function, or a lambda without captures, that takes the object as an argument: "
                "[](const account& a) { return a.balance(); }");
}

/// Calls `f` with values that travelled: of the types `parameter_t` says, in order.
template <class F, class... Travelled>
decltype(auto) call_with(F& f, Travelled&... values) {
  using callee = signature<std::remove_const_t<F>>;
  if constexpr (std::is_member_pointer_v<F>) {
    reject_member_pointer<F>();
  } else if constexpr (callee::known) {
    static_assert(callee::arity == sizeof...(Travelled),
                  "troupe: the callable takes another number of arguments");
    using result = kept_result<typename callee::result, typename callee::params,
                               std::tuple<std::remove_const_t<Travelled>...>>;
    return [&]<std::size_t... i>(std::index_sequence<i...>)->result {
      return f(as_argument<std::tuple_element_t<i, typename callee::params>, true>(values)...);
    }
    (std::index_sequence_for<Travelled...>{});
  } else if constexpr (std::is_invocable_v<F&, Travelled...>) {
    return f(std::move(values)...);
  } else {
    static_assert(std::is_invocable_v<F&, Travelled&...>,
                  "troupe: the callable cannot be called with these arguments");
    return f(values...);
  }
}

/// `call_with`, out of the optimiser's sight. Undefined behaviour in the user's function (a task that certainly
/// crashes, say) would otherwise let the compiler change what stands around the call, when it inlines it.
template <class F, class... Travelled>
decltype(auto) call_apart(F& f, Travelled&... values) {
  auto* call = &call_with<F, Travelled...>;
  asm volatile("" : "+r"(call)); // for all the compiler knows, it is another function now
  return call(f, values...);
}

template <class F, class Indices, class... Args>
struct call_result;
template <class F, std::size_t... i, class... Args>
struct call_result<F, std::index_sequence<i...>, Args...> {
  using type = std::remove_cvref_t<decltype(call_with(std::declval<F&>(),
                                                      std::declval<parameter_t<F, i, Args>&>()...))>;
};

} // namespace troupe::detail
