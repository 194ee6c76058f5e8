// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/map_job.hpp>
#include <troupe/exceptions.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

namespace troupe {

/// The result of a call that is still on its way. Copies refer to the same call; it goes on when all are
/// gone. Resolves in any case: with the value, with what the task threw, with `worker_lost`, or, when the
/// pool ends first, with `stopped`.
///
/// Threads: any. A thread that waits delivers messages meanwhile.
template <class R>
class async_result {
 public:
  /// The value; waits for it. Moves it out when it cannot be copied: then a second call is a usage_error.
  /// Errors: the task's, as by `pool::apply`.
  R get() { return value(detail::forever_from_now); }

  /// The same, at most this long. Errors: also timeout_error, after which the call still runs.
  template <class Rep, class Period>
  R get(std::chrono::duration<Rep, Period> timeout) {
    return value(detail::deadline_after(timeout));
  }

  /// True when the result is there.
  template <class Rep, class Period>
  bool wait(std::chrono::duration<Rep, Period> timeout) const {
    return call().wait(detail::deadline_after(timeout));
  }

  bool ready() const { return call().done(); }

  /// False when the call failed. Errors: usage_error when it is not ready.
  bool successful() const {
    if (!ready())
      throw usage_error("async_result::successful before the result is there: wait() first");
    return !call().why();
  }

  /// For the pool.
  struct shared_call {
    virtual ~shared_call() = default;
    virtual bool wait(detail::steady_time deadline) = 0;
    virtual bool done() const = 0;
    virtual const std::optional<failure>& why() const = 0;
    virtual R take() = 0;
  };
  explicit async_result(std::shared_ptr<shared_call> call) : call_{std::move(call)} {}

 private:
  shared_call& call() const {
    if (!call_)
      throw usage_error("a call on an async_result that was moved from");
    return *call_;
  }

  R value(detail::steady_time deadline) {
    auto& c = call();
    if (!c.wait(deadline)) {
      if (deadline == detail::forever_from_now)
        throw stopped("the runtime ended before the result was there");
      throw timeout_error("async_result::get: the result is not there yet");
    }
    if (c.why())
      c.why()->rethrow();
    return c.take();
  }

  std::shared_ptr<shared_call> call_;
};

namespace detail {

template <class T, class... Seen>
constexpr bool copies();

template <class... Seen, class... Parts>
constexpr bool all_copy(type_list<Parts...>) {
  return (copies<Parts, Seen...>() && ...);
}

/// Copyable all the way down: a vector of move-only elements, and a struct with one, claim a copy constructor that they
/// do not have. `Seen` are the types around T.
template <class T, class... Seen>
constexpr bool copies() {
  if constexpr ((std::is_same_v<T, Seen> || ...))
    return true;
  else if constexpr (!std::is_copy_constructible_v<T>)
    return false;
  else if constexpr (is_smart_pointer<T>) // a shared one: whatever it points to
    return true;
  else if constexpr (has_builtin<T>)
    return all_copy<T, Seen...>(typename builtin<T>::parts{});
  else if constexpr (sent_by_members<T>)
    return all_copy<T, Seen...>(member_types<T>{});
  else
    return true;
}

/// A call's state behind the interface of async_result. Keeps the value for further `get` calls when it can
/// be copied.
template <class R, class State>
class shared_call_of final : public async_result<R>::shared_call {
 public:
  explicit shared_call_of(std::shared_ptr<State> state) : state_{std::move(state)} {}

  bool wait(steady_time deadline) override { return state_->wait(deadline); }
  bool done() const override { return state_->done(); }
  const std::optional<failure>& why() const override { return state_->why(); }

  R take() override {
    if constexpr (!std::is_void_v<R>) {
      std::lock_guard lock{mutex_};
      if constexpr (copies<R>()) {
        if (!value_)
          value_.emplace(state_->take());
        return *value_;
      } else {
        if (std::exchange(taken_, true))
          throw usage_error("async_result::get called again for a value that cannot be copied");
        return state_->take();
      }
    }
  }

 private:
  struct nothing {};
  std::shared_ptr<State> state_;
  std::mutex mutex_; // guards what follows
  std::optional<std::conditional_t<std::is_void_v<R>, nothing, R>> value_;
  bool taken_ = false;
};

} // namespace detail

} // namespace troupe
