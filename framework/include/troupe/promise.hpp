// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/open_question.hpp>
#include <troupe/detail/responder.hpp>
#include <troupe/exceptions.hpp>
#include <troupe/failure.hpp>
#include <troupe/outcome.hpp>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace troupe {

/// An answer that a handler gives later: it returns the promise, keeps a copy, and one day calls `set`.
///
/// Copies are the same promise, also those that a lambda has captured. When the last of them goes without an answer,
/// or the actor ends, whoever asked gets `actor_down`. Each answers one question: whoever asks by a second gets `usage_error`.
/// Threads: those of the actor only.
///
/// Example:
///   troupe::promise<int> next() { waiting_.emplace_back(); return waiting_.back(); }
///   void put(int x) { waiting_.front().set(x); waiting_.pop_front(); }
template <class R>
class promise {
 public:
  promise() : state_{std::make_shared<state>()} {}

  /// Errors: usage_error the second time.
  template <class T = R>
  requires(!std::is_void_v<R> && std::is_constructible_v<R, T>) void set(T&& value) const {
    settle(outcome<R>{R(std::forward<T>(value))});
  }
  void set() const requires(std::is_void_v<R>) { settle(outcome<void>{}); }
  /// Answers with an exception: `p.fail(no_such_account{"7"})`.
  template <class E>
  void fail(E why) const {
    settle(outcome<R>{failure::of(std::move(why))});
  }
  void fail(failure why) const { settle(outcome<R>{std::move(why)}); }

  /// For the framework: where the answer goes.
  void attach(detail::responder to) {
    if (!to.expected())
      return; // of a tell: an ask may still come
    if (state_->attached) {
      to.fail(failure::of(
          usage_error("a handler returned a promise that another answer was to come from already")));
      return;
    }
    state_->to = std::move(to);
    state_->attached = true;
    send();
    detail::keep_open(state_);
  }

 private:
  struct state final : detail::open_question {
    void actor_ended(const failure& why) override { to.fail(why); }

    detail::responder to;
    bool attached = false;
    bool settled = false;
    std::optional<outcome<R>> early; // settled before the handler had returned it
  };

  void settle(outcome<R> result) const {
    if (std::exchange(state_->settled, true))
      throw usage_error("a promise was answered twice");
    state_->early.emplace(std::move(result));
    send();
  }
  void answer(outcome<R>&& result) const {
    if (!result.has_value())
      state_->to.fail(result.error());
    else if constexpr (std::is_void_v<R>)
      state_->to.succeed();
    else
      detail::settle(state_->to, std::move(result).value());
  }
  void send() const {
    if (!state_->attached || !state_->early)
      return;
    auto result = std::exchange(state_->early, std::nullopt);
    try {
      answer(std::move(*result));
    } catch (...) { // saving the value
      state_->to.fail_with_current();
    }
  }

  std::shared_ptr<state> state_;
};

} // namespace troupe
