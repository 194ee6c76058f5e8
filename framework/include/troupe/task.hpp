// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/exceptions.hpp>

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace troupe {

template <class R>
class task;

namespace detail {

/// Goes on with whoever awaited the task; unless that has only just started it, and sees itself that it is over.
/// Otherwise a loop over tasks that need not wait would go deeper into the stack with each, where the compiler makes no
/// tail calls.
struct resume_awaiter {
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> done) const noexcept {
    auto& p = done.promise();
    p.finished = true;
    return p.starting ? std::noop_coroutine() : p.awaited_by;
  }
  void await_resume() const noexcept {}
};

struct task_promise_common {
  std::coroutine_handle<> awaited_by = std::noop_coroutine();
  bool starting = false; // inside the awaiter's await_suspend
  bool finished = false;
  std::exception_ptr thrown;

  std::suspend_always initial_suspend() const noexcept { return {}; }
  resume_awaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { thrown = std::current_exception(); }
};

template <class R>
struct task_promise : task_promise_common {
  std::optional<R> value;
  task<R> get_return_object();
  template <class T = R> // also of `co_return {1, 2};`
  requires std::is_constructible_v<R, T>
  void return_value(T&& result) { value.emplace(std::forward<T>(result)); }
  R take() {
    if (thrown)
      std::rethrow_exception(thrown);
    return std::move(*value);
  }
};

template <>
struct task_promise<void> : task_promise_common {
  task<void> get_return_object();
  void return_void() const noexcept {}
  void take() const {
    if (thrown)
      std::rethrow_exception(thrown);
  }
};

} // namespace detail

/// What a handler returns that waits for others: a coroutine of its actor.
///
/// It may `co_await` replies, timers (`after`) and other tasks. While it waits, the actor handles other messages,
/// so its members may have changed when it goes on; it never runs on two threads at once. The arguments
/// of a handler live as long as its coroutine, also those taken by reference; those of other tasks are their callers'
/// affair. When the actor ends, its coroutines are destroyed where they wait.
///
/// It starts when it is awaited, or, returned by a handler, at once.
///
/// Limits: GCC 12 mistakes a `co_await` inside a conditional expression, `known ? n_ : co_await …`: temporaries of
/// both arms are destroyed, and the program crashes. There is no warning. Use `if`, with a `co_await` in each branch.
///
/// Example:
///   troupe::task<int> sum_with(troupe::actor_ref<counter> other) {
///     co_return n_ + co_await other.ask<&counter::total>();
///   }
template <class R>
class [[nodiscard]] task {
 public:
  using promise_type = detail::task_promise<R>;
  using value_type = R;

  explicit task(std::coroutine_handle<promise_type> coroutine) : coroutine_{coroutine} {}
  task(task&& other) noexcept : coroutine_{std::exchange(other.coroutine_, nullptr)} {}
  task& operator=(task&& other) noexcept {
    task old{std::move(*this)};
    coroutine_ = std::exchange(other.coroutine_, nullptr);
    return *this;
  }
  ~task() {
    if (coroutine_)
      coroutine_.destroy();
  }

  /// Starts it and waits for its end: once. Errors: what it throws; usage_error the second time.
  auto operator co_await() {
    if (!coroutine_)
      throw usage_error("this task was awaited before, or moved from");
    return awaiter{std::move(*this)};
  }

 private:
  struct awaiter {
    task awaited;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> by) const {
      auto& p = awaited.coroutine_.promise();
      p.awaited_by = by;
      p.starting = true;
      awaited.coroutine_
          .resume(); // what it waits for goes on in a later job of the same actor, not meanwhile
      p.starting = false;
      return !p.finished;
    }
    R await_resume() { return awaited.coroutine_.promise().take(); }
  };

  std::coroutine_handle<promise_type> coroutine_;
};

namespace detail {

template <class R>
task<R> task_promise<R>::get_return_object() {
  return task<R>{std::coroutine_handle<task_promise>::from_promise(*this)};
}
inline task<void> task_promise<void>::get_return_object() {
  return task<void>{std::coroutine_handle<task_promise>::from_promise(*this)};
}

} // namespace detail

} // namespace troupe
