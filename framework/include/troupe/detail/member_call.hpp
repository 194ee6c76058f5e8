// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/announced.hpp>
#include <troupe/detail/arguments.hpp>
#include <troupe/detail/coroutine_driver.hpp>
#include <troupe/detail/method.hpp>
#include <troupe/detail/method_info.hpp>
#include <troupe/detail/method_name.hpp>
#include <troupe/promise.hpp>
#include <troupe/task.hpp>

#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

/// The call of a member function, and from what that returns to the answer: what is compiled for each of them.

namespace troupe::detail {

template <class R>
inline constexpr bool is_task = false;
template <class R>
inline constexpr bool is_task<task<R>> = true;
template <class R>
inline constexpr bool is_promise = false;
template <class R>
inline constexpr bool is_promise<promise<R>> = true;

/// Sends off what a handler returned. `message`: which it had, as `drive` wants it; `kept`: what a coroutine may refer to.
template <class R>
void give_answer(actor_host& host, const std::string_view& message, responder& to, R&& returned,
                 std::shared_ptr<const void> kept = {}) {
  using plain = std::remove_cvref_t<R>;
  if constexpr (is_task<plain>) {
    drive(host, message, std::move(returned), std::move(to), std::move(kept));
  } else if constexpr (is_promise<plain>) {
    returned.attach(std::move(to));
  } else {
    settle(to, plain(std::forward<R>(returned))); // also of an outcome returned by reference
  }
}

/// The object as an A. When it is none: null, if there is nobody to tell, as it is no fault of the actor's.
/// Errors: usage_error.
template <class A>
A* object_for(actor_host& host, const responder& to) {
  if (host.is<A>() || to.expected())
    return &host.object<A>();
  log_wrong_actor(host, typeid(A));
  return nullptr;
}

template <class A, auto method>
void call_member(actor_host& host, void* arguments, responder& to) {
  using traits = method_type<decltype(method)>;
  using travelling = typename traits::travelling;
  using result = typename traits::result;
  auto* object = object_for<A>(host, to);
  if (!object)
    return;
  auto& args = *static_cast<travelling*>(arguments);
  using returned = kept_result<result, typename traits::params, travelling>;
  const auto call = [object](travelling& values) -> returned {
    return [&]<std::size_t... i>(std::index_sequence<i...>)->returned {
      return (object->*method)(
          as_argument<std::tuple_element_t<i, typename traits::params>, true>(std::get<i>(values))...);
    }
    (std::make_index_sequence<traits::arity>{});
  };
  if constexpr (std::is_void_v<result>) {
    call(args);
    to.succeed();
  } else if constexpr (is_task<std::remove_cvref_t<result>> &&
                       !std::is_same_v<typename traits::params, travelling>) {
    // Parameters that refer to arguments must find them as long as the coroutine lives.
    const auto kept = std::make_shared<travelling>(std::move(args));
    give_answer(host, method_name<method>, to, call(*kept), kept);
  } else {
    give_answer(host, method_name<method>, to, call(args));
  }
}

template <class Travelling>
void decode_and_call(const method_info& method, actor_host& host, byte_reader& in, responder& to) {
  bool loaded = false;
  try {
    auto args = decode_each<Travelling>(in);
    loaded = true;
    method.call(host, &args, to);
  } catch (...) {
    if (loaded || to.expected())
      throw;
    log_unloadable(host, method.label); // nobody to tell, and no fault of the actor's
  }
}

template <class A, auto method>
const method_info& describe_method() {
  constexpr actor_method self = &describe_method<A, method>;
  static constexpr method_info described{method_name<method>, &call_member<A, method>,
                                         &decode_and_call<travelling_t<method>>, &announced_index<self>};
  return described;
}

} // namespace troupe::detail
