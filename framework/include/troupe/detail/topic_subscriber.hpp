// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/actor_ref.hpp>
#include <troupe/detail/method.hpp>
#include <troupe/detail/topic_keeper.hpp>
#include <troupe/exceptions.hpp>

#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

/// Which member functions can be subscribed to a topic, and how they are given its values.

namespace troupe::detail {

/// Ends the compilation, with a text that says why, unless values of type T can be published.
template <class T>
constexpr void check_topic_type() {
  require_sendable<T>();
  static_assert(
      std::is_copy_constructible_v<T>,
      "troupe: topic<T>: each subscriber gets a value of its own, so T must be copyable: publish a copy, a "
      "std::shared_ptr or a handle instead");
}

/// A member function takes values of type T, by itself or after a conversion that needs no words.
template <class T, class Params>
inline constexpr bool takes_value = false;
template <class T, class P>
inline constexpr bool takes_value<T, std::tuple<P>> = std::is_convertible_v<const T&, P>;

/// The same for a member function that a topic<T> is to call for whoever `Ref` refers to. Returns whether it can.
template <class T, auto method, class Ref>
constexpr bool check_subscriber() {
  using type = decltype(method);
  using traits = method_type<type>;
  static_assert(
      traits::known,
      "troupe: a topic calls a member function of the subscriber's class, as subscribe<&member::on_post>(ref): "
      "no static member or free function, and neither volatile nor an && one");
  if constexpr (traits::known) {
    constexpr bool one = traits::arity == 1;
    static_assert(
        one,
        "troupe: a member function that is subscribed to a topic<T> takes one argument: T, const T& or "
        "something T converts to");
    constexpr bool takes = takes_value<T, typename traits::travelling>;
    static_assert(
        !one || takes,
        "troupe: the values of this topic<T> do not convert to what the subscribed member function takes: "
        "let it take T, const T& or something T converts to");
    constexpr bool has_it = std::is_convertible_v<const Ref&, actor_ref<typename traits::object>>;
    static_assert(
        has_it,
        "troupe: subscribe<&A::on_x>(ref): ref must refer to an A: an actor_ref<A>, one of a class derived from "
        "A, or self()");
    return one && takes && has_it;
  }
  return false;
}

/// Inside the process, the subscriber gets a copy, or the value itself when nobody else wants it. Otherwise it is saved
/// straight into the message.
template <auto method, class T>
void hand_over(const actor_ref<actor>& to, const topic_value& value) {
  if (value.type->type != typeid(T)) // what came from another process is not trusted
    throw usage_error("a subscriber was to be given a value of another type than its topic's");
  const actor_ref<typename method_type<decltype(method)>::object> subscriber{to.internals()};
  if (value.sole)
    subscriber.template tell<method>(std::move(value.as<T>()));
  else
    subscriber.template tell<method>(std::as_const(value.as<T>()));
}

/// REQUIRES: check_subscriber.
template <class T, auto method, class Ref>
subscription subscription_of(const Ref& subscriber) {
  const actor_ref<typename method_type<decltype(method)>::object> ref = subscriber;
  return {actor_ref<actor>{ref.internals()}, announced_index<&hand_over<method, T>>()};
}

} // namespace troupe::detail
