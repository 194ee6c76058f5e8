// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/responder.hpp>
#include <troupe/task.hpp>

#include <coroutine>
#include <exception>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace troupe::detail {

/// The outermost coroutine of a handler that returned a task: its host owns it until it has finished.
struct driver {
  struct promise_type : listed_coroutine {
    // The parameters of the coroutine.
    template <class R>
    promise_type(actor_host& h, const std::string_view&, task<R>&, responder&, std::shared_ptr<const void>&)
        : host{h} {}

    driver get_return_object() {
      self = std::coroutine_handle<promise_type>::from_promise(*this);
      host.keep(*this);
      return {};
    }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { // the frame is freed when this is over
      host.drop(*this);
      return {};
    }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); } // there is none

    actor_host& host;
  };
};

/// Runs what a handler returned, and keeps what that refers to until it is over. What it throws is the answer or, when
/// nobody waits for one, ends the actor. `message`: which the handler had; outlives the coroutine.
template <class R>
driver drive(actor_host& host, const std::string_view& message, task<R> work, responder to,
             std::shared_ptr<const void>) {
  try {
    if constexpr (std::is_void_v<R>) {
      co_await std::move(work);
      to.succeed();
    } else {
      R value = co_await std::move(work);
      settle(to, std::move(value));
    }
  } catch (...) {
    if (to.expected())
      to.fail_with_current();
    else
      end_by_current_exception(host, message);
  }
}

} // namespace troupe::detail
