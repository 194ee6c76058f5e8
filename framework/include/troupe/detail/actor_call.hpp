// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/arguments.hpp>
#include <troupe/detail/code_table.hpp>
#include <troupe/detail/coroutine_driver.hpp>
#include <troupe/detail/method.hpp>
#include <troupe/detail/method_name.hpp>
#include <troupe/promise.hpp>
#include <troupe/task.hpp>

#include <bit>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

/// From a message to the call of a member function, and from what that returns to the answer.

namespace troupe::detail {

template <class R>
inline constexpr bool is_task = false;
template <class R>
inline constexpr bool is_task<task<R>> = true;
template <class R>
inline constexpr bool is_promise = false;
template <class R>
inline constexpr bool is_promise<promise<R>> = true;

/// Sends off what a handler returned. `kept`: what a coroutine may refer to.
template <class R>
void give_answer(actor_host& host, responder& to, R&& returned, std::shared_ptr<const void> kept = {}) {
  using plain = std::remove_cvref_t<R>;
  if constexpr (is_task<plain>) {
    drive(host, std::move(returned), std::move(to), std::move(kept));
  } else if constexpr (is_promise<plain>) {
    returned.attach(std::move(to));
  } else {
    settle(to, plain(std::forward<R>(returned))); // also of an outcome returned by reference
  }
}

template <class A, auto method>
void call_and_answer(actor_host& host, typename method_type<decltype(method)>::travelling& args,
                     responder& to) {
  using traits = method_type<decltype(method)>;
  if (!host.is<A>() && !to.expected()) { // nobody to tell, and no fault of the actor's
    log_wrong_actor(host, typeid(A));
    return;
  }
  auto& object = host.object<A>();
  const auto call = [&](auto& values) -> decltype(auto) {
    return [&]<std::size_t... i>(std::index_sequence<i...>)->decltype(auto) {
      return (object.*method)(
          as_argument<std::tuple_element_t<i, typename traits::params>, true>(std::get<i>(values))...);
    }
    (std::make_index_sequence<traits::arity>{});
  };
  using result = typename traits::result;
  if constexpr (std::is_void_v<result>) {
    call(args);
    to.succeed();
  } else if constexpr (is_task<std::remove_cvref_t<result>> &&
                       !std::is_same_v<typename traits::params, typename traits::travelling>) {
    // Parameters that refer to arguments must find them as long as the coroutine lives.
    const auto kept = std::make_shared<typename traits::travelling>(std::move(args));
    give_answer(host, to, call(*kept), kept);
  } else {
    give_answer(host, to, call(args));
  }
}

/// Calls the member function. What it throws is the answer, when there is somebody to answer; otherwise it ends the
/// actor.
template <class A, auto method>
void call_method(actor_host& host, typename method_type<decltype(method)>::travelling& args, responder& to) {
  try {
    call_and_answer<A, method>(host, args, to);
  } catch (...) {
    if (!to.expected())
      throw;
    to.fail_with_current();
  }
}

/// A message within the process.
template <class A, auto method>
class local_call final : public host_job {
 public:
  using arguments = typename method_type<decltype(method)>::travelling;
  local_call(arguments args, responder to) : arguments_{std::move(args)}, to_{std::move(to)} {}

  void run(actor_host& host) override { call_method<A, method>(host, arguments_, to_); }
  void refuse(const failure& why) noexcept override { to_.fail(why); }
  job_kind kind() const override { return job_kind::message; }
  std::string_view label() const override { return method_name<method>; }

 private:
  arguments arguments_;
  responder to_;
};

/// A message from another process.
template <class A, auto method>
void remote_call(actor_host& host, byte_reader& in, responder&& to) {
  try {
    auto args = decode_each<typename method_type<decltype(method)>::travelling>(in);
    call_and_answer<A, method>(host, args, to);
  } catch (...) {
    if (!to.expected())
      throw;
    to.fail_with_current();
  }
}

/// What the first number of such a message stands for.
template <class A, auto method>
const remote_method& describe_method() {
  static constexpr remote_method described{&remote_call<A, method>, method_name<method>};
  return described;
}

/// Known to the table of code before any process starts, because the program mentions it.
template <auto function>
struct announced {
  static const bool done;
};
template <auto function>
const bool announced<function>::done =
    (announce_code(std::bit_cast<const void*>(function), code_type<decltype(function)>()), true);

template <auto function>
std::uint32_t announced_index() {
  static_cast<void>(&announced<function>::done);
  return code_index<function>();
}

template <class A, auto method, class... Args>
void write_call(const endpoint& to, ask_number question, const Args&... args) {
  constexpr actor_method entry = &describe_method<A, method>;
  const auto index = announced_index<entry>();
  to.way().write(static_cast<std::uint32_t>(actor_tag::call), [&](byte_writer& w) {
    w.put(index);
    w.put(question);
    encode_for<method_type<decltype(method)>>(w, args...);
  });
  to.way().flush();
}

} // namespace troupe::detail
