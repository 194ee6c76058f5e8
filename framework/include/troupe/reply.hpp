// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/pending_reply.hpp>
#include <troupe/exceptions.hpp>

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <utility>

namespace troupe {

/// How many answers have come to this process from others when nobody waited for them any more.
/// Threads: any. Errors: usage_error when there is no runtime.
std::uint64_t late_replies();

/// The answer to an ask, now or later. It always comes: the value, the exception that the handler threw, or
/// `actor_down` as soon as the actor or its process has ended.
///
/// A reply that is dropped does not take the question back: the actor still handles it, and the late answer is
/// dropped and counted (`late_replies`).
///
/// Threads: one at a time. `get` and `wait` deliver messages while they wait; in a handler prefer `co_await`,
/// which lets the actor go on.
template <class R>
class [[nodiscard]] reply {
 public:
  reply(std::shared_ptr<detail::pending_value<R>> answer, detail::ask_number question)
      : answer_{std::move(answer)}, question_{question} {}
  reply(reply&&) noexcept = default;
  reply& operator=(reply&& other) noexcept {
    reply old{std::move(*this)};
    answer_ = std::move(other.answer_);
    question_ = other.question_;
    return *this;
  }
  ~reply() {
    if (!answer_ || answer_->done())
      return;
    if (question_ != 0)
      answer_->asker().forget(question_);
    answer_->abandon();
  }

  /// Waits for the answer and takes it: once. Errors: what the handler threw, `actor_down`; usage_error when it
  /// was taken before.
  R get() {
    wait();
    return take();
  }
  /// The same, at most this long. Errors: also timeout_error, after which it can still be waited for.
  template <class Rep, class Period>
  R get(std::chrono::duration<Rep, Period> timeout) {
    if (!wait(timeout))
      throw timeout_error("an ask was not answered in time");
    return take();
  }
  /// True when the answer is there. Errors: stopped when the runtime ends first.
  template <class Rep, class Period>
  bool wait(std::chrono::duration<Rep, Period> timeout) const {
    const auto& answer = checked();
    return answer.wait(detail::deadline_after(timeout, answer.asker().now()));
  }
  /// Until the answer is there. Errors: stopped when the runtime ends first.
  void wait() const {
    if (!checked().wait(detail::forever_from_now))
      throw stopped("the runtime ended before the answer came");
  }
  bool ready() const { return checked().done(); }

  /// Waits in a coroutine of an actor, which handles other messages meanwhile, and takes the answer: once, as `get`.
  /// So several may be under way: `auto a = x.ask<…>(); auto b = y.ask<…>(); co_return co_await a + co_await b;`
  auto operator co_await() {
    checked();
    return awaiter{std::move(*this)};
  }
  /// The same, at most this long: `co_await ref.ask<&counter::total>().within(1s)`. Errors: also timeout_error; a late
  /// answer is dropped.
  template <class Rep, class Period>
  auto within(std::chrono::duration<Rep, Period> timeout) {
    const auto deadline = detail::deadline_after(timeout, checked().asker().now());
    return hurried_awaiter{std::move(*this), deadline};
  }

 private:
  struct resume final : detail::host_job {
    explicit resume(std::coroutine_handle<> c) : coroutine{c} {}
    void run(detail::actor_host&) override { coroutine.resume(); }
    std::string_view label() const override { return "an awaited answer"; }
    std::coroutine_handle<> coroutine;
  };
  struct awaiter {
    reply waited;
    bool await_ready() const { return waited.ready(); }
    bool await_suspend(std::coroutine_handle<> c) {
      auto& host = detail::actor_host::of_this_thread("co_await of an ask");
      return waited.answer_->when_done(host.shared_from_this(), std::make_unique<resume>(c));
    }
    R await_resume() { return waited.take(); }
  };

  /// The answer and the deadline: who comes first goes on with the coroutine. The actor's thread.
  struct race {
    explicit race(std::coroutine_handle<> c) : coroutine{c} {}
    std::coroutine_handle<> coroutine;
    std::uint64_t alarm = 0;
    bool over = false;
  };
  struct runner final : detail::host_job {
    explicit runner(std::shared_ptr<race> r) : in{std::move(r)} {}
    void run(detail::actor_host& host) override {
      if (std::exchange(in->over, true))
        return;
      host.cancel_push(in->alarm);
      in->coroutine.resume();
    }
    std::string_view label() const override { return "an awaited answer, or its deadline"; }
    std::shared_ptr<race> in;
  };
  struct hurried_awaiter {
    reply waited;
    detail::steady_time deadline;
    bool await_ready() const { return waited.ready(); }
    bool await_suspend(std::coroutine_handle<> c) {
      auto& host = detail::actor_host::of_this_thread("co_await of an ask");
      const auto in = std::make_shared<race>(c);
      in->alarm = host.push_at(deadline, std::make_unique<runner>(in));
      if (waited.answer_->when_done(host.shared_from_this(), std::make_unique<runner>(in)))
        return true;
      in->over = true; // it is there by now
      host.cancel_push(in->alarm);
      return false;
    }
    R await_resume() {
      if (!waited.ready()) {
        waited.answer_->note_given_up();
        throw timeout_error("an ask was not answered in time");
      }
      return waited.take();
    }
  };

  detail::pending_value<R>& checked() const {
    if (!answer_)
      throw usage_error("this reply was taken before, or moved from");
    return *answer_;
  }
  R take() {
    const auto answer = std::move(answer_);
    return answer->take();
  }

  std::shared_ptr<detail::pending_value<R>> answer_;
  detail::ask_number question_; // 0: within the process
};

} // namespace troupe
