// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/callable.hpp>
#include <troupe/outcome.hpp>

#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

/// What a member function of an actor takes and gives, and how messages name it.

namespace troupe {
template <class R>
class task;
template <class R>
class promise;
class actor;
} // namespace troupe

namespace troupe::detail {

template <class C, class R, class... P>
struct known_method {
  static constexpr bool known = true;
  static constexpr std::size_t arity = sizeof...(P);
  using object = C;
  using result = R;
  using params = std::tuple<P...>;
  using travelling = std::tuple<travel_t<P>...>;
};

struct no_method {
  static constexpr bool known = false;
  using result = void; // or `ask` would not be compiled as far as the text that says why it cannot be
};

template <class M>
struct method_type : no_method {};
template <class C, class R, class... P, bool n>
struct method_type<R (C::*)(P...) noexcept(n)> : known_method<C, R, P...> {};
template <class C, class R, class... P, bool n>
struct method_type<R (C::*)(P...) const noexcept(n)> : known_method<C, R, P...> {};
template <class C, class R, class... P, bool n>
struct method_type<R (C::*)(P...)& noexcept(n)> : known_method<C, R, P...> {};
template <class C, class R, class... P, bool n>
struct method_type<R (C::*)(P...) const& noexcept(n)> : known_method<C, R, P...> {};

/// As which type an answer reaches whoever asked: references are copied, and what comes later or may fail
/// comes as itself.
template <class R>
struct answer_of {
  using type = R;
};
template <class R>
struct answer_of<outcome<R>> {
  using type = R;
};
template <class R>
struct answer_of<task<R>> : answer_of<R> {};
template <class R>
struct answer_of<promise<R>> : answer_of<R> {};

template <class R>
struct nested_answer {
  static_assert(
      std::is_void_v<std::type_identity<R>>, // never; known when it is used
      "troupe: this member function returns a task or a promise inside another: co_await the inner one");
  using type = void;
};
template <class R>
struct answer_of<task<task<R>>> : nested_answer<R> {};
template <class R>
struct answer_of<task<promise<R>>> : nested_answer<R> {};
template <class R>
struct answer_of<promise<task<R>>> : nested_answer<R> {};
template <class R>
struct answer_of<promise<promise<R>>> : nested_answer<R> {};

template <auto method>
using answer_t =
    typename answer_of<std::remove_cvref_t<typename method_type<decltype(method)>::result>>::type;

/// The arguments as they travel.
template <auto method>
using travelling_t = typename method_type<decltype(method)>::travelling;

template <class Params, class... Args>
struct all_convertible : std::false_type {};
template <class... P, class... Args>
requires(sizeof...(P) == sizeof...(Args)) struct all_convertible<std::tuple<P...>, Args...>
    : std::bool_constant<(convertible_to<P, Args> && ...)> {
};

template <class... T>
constexpr void require_all_sendable(std::type_identity<std::tuple<T...>>) {
  (require_sendable<T>(), ...);
}

/// Ends the compilation, with a text that says why, unless `method` can be called on an A with these arguments.
/// Returns whether it can, so that what would fail with other words is not even tried.
template <class A, auto method, class... Args>
constexpr bool check_method() {
  using type = decltype(method);
  using traits = method_type<type>;
  constexpr bool is_static = std::is_pointer_v<type> && std::is_function_v<std::remove_pointer_t<type>>;
  static_assert(
      !is_static,
      "troupe: this is a static member or a free function: it needs no actor: call it directly, or in "
      "another process by pool.apply");
  static_assert(
      is_static || traits::known,
      "troupe: tell and ask take a member function of the actor's class, as &account::deposit, that is "
      "neither volatile nor an && one");
  if constexpr (traits::known) {
    constexpr bool member = std::derived_from<A, typename traits::object>;
    static_assert(member, "troupe: this member function is not one of the actor's class");
    static_assert(traits::arity == sizeof...(Args),
                  "troupe: this member function of the actor takes another number of arguments");
    constexpr bool convertible = all_convertible<typename traits::travelling, Args...>::value;
    static_assert(traits::arity != sizeof...(Args) || convertible,
                  "troupe: an argument cannot be converted to the type of the member function's parameter");
    if constexpr (member && convertible) {
      require_all_sendable(std::type_identity<typename traits::travelling>{});
      using answer = answer_t<method>;
      if constexpr (!std::is_void_v<answer>)
        require_sendable<answer>();
      return true;
    }
  }
  return false;
}

/// The arguments converted to the types in which they travel.
template <class Travelling, class... Args>
Travelling travelling_for(Args&&... args) {
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    return Travelling{convert<std::tuple_element_t<i, Travelling>>(std::forward<Args>(args))...};
  }
  (std::index_sequence_for<Args...>{});
}

/// The same as bytes. Arguments that are converted are used up, as if they were moved.
template <class Travelling, class... Args>
void encode_for(byte_writer& out, Args&&... args) {
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    (encode_argument<std::tuple_element_t<i, Travelling>>(out, std::forward<Args>(args)), ...);
  }
  (std::index_sequence_for<Args...>{});
}

} // namespace troupe::detail

namespace troupe {

/// Picks one of several members of the same name, by its parameters:
/// `ref.ask<troupe::overload<int>(&store::put)>(5)`.
template <class... P>
struct overload_of {
  template <class C, class R>
  constexpr auto operator()(R (C::*member)(P...)) const {
    return member;
  }
  template <class C, class R>
  constexpr auto operator()(R (C::*member)(P...) const) const {
    return member;
  }
};
template <class... P>
inline constexpr overload_of<P...> overload{};

} // namespace troupe
