// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/coroutine_driver.hpp>
#include <troupe/detail/member_call.hpp>
#include <troupe/detail/responder.hpp>

#include <functional>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace troupe::detail {

/// In place of the message that a handler had.
inline constexpr std::string_view timer_or_monitor = "a timer or a monitor";

/// What a timer or a monitor calls, of a function that may be a coroutine, or one that can be moved only. A coroutine may
/// use the function's captures and its arguments as long as it lives. Called by the actor.
template <class... Args, class F>
std::function<void(const Args&...)> job_function(F f) {
  static_assert(
      std::is_invocable_v<F&, const Args&...>,
      "troupe: after, every and monitor take a function without parameters, or, monitor, one that takes a down");
  if constexpr (is_task<std::invoke_result_t<F&, const Args&...>>) {
    return [kept = std::make_shared<F>(std::move(f))](const Args&... args) {
      auto call = std::make_shared<std::tuple<std::shared_ptr<F>, Args...>>(kept, args...);
      const auto start = [](std::shared_ptr<F>& function, Args&... own) {
        return (*function)(std::as_const(own)...);
      };
      auto& host = actor_host::of_this_thread(timer_or_monitor.data());
      drive(host, timer_or_monitor, std::apply(start, *call), responder{}, call);
    };
  } else if constexpr (std::is_trivially_copyable_v<F> && std::is_invocable_v<const F&, const Args&...>) {
    return f; // what else can be copied, only a copy would tell; and what changes in a call must be the same in the next
  } else {
    return [kept = std::make_shared<F>(std::move(f))](const Args&... args) { (*kept)(args...); };
  }
}

} // namespace troupe::detail
