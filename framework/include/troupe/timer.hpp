// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_host.hpp>

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <utility>

namespace troupe {

/// A handle on what an actor's `after` or `every` has started. Letting go of it changes nothing.
/// Threads: those of the actor only.
class timer {
 public:
  timer() = default;
  timer(std::weak_ptr<detail::actor_host> host, std::uint64_t number)
      : host_{std::move(host)}, number_{number} {}

  /// It is not called any more. Nothing happens when it has been, or the actor has ended.
  void cancel() {
    if (const auto host = host_.lock())
      host->cancel_timer(number_);
    host_.reset();
  }

 private:
  std::weak_ptr<detail::actor_host> host_;
  std::uint64_t number_ = 0;
};

namespace detail {

[[noreturn]] void throw_bad_period();

/// In whole nanoseconds, at most ten years. Errors: usage_error unless above zero.
template <class Rep, class Period>
std::chrono::nanoseconds checked_period(std::chrono::duration<Rep, Period> period) {
  constexpr std::chrono::hours longest{10 * 365 * 24};
  using seconds = std::chrono::duration<double>; // of which no unit has too many
  if (std::chrono::duration_cast<seconds>(period) >= seconds{longest})
    return longest;
  const auto exact = std::chrono::duration_cast<std::chrono::nanoseconds>(period);
  if (exact <= std::chrono::nanoseconds::zero())
    throw_bad_period();
  return exact;
}

/// What `co_await after(delay)` waits for.
class pause {
 public:
  explicit pause(steady_time until) : until_{until} {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> c) const {
    actor_host::of_this_thread("co_await after(...)").push_at(until_, std::make_unique<resume>(c));
  }
  void await_resume() const noexcept {}

 private:
  struct resume final : host_job {
    explicit resume(std::coroutine_handle<> c) : coroutine{c} {}
    void run(actor_host&) override { coroutine.resume(); }
    std::string_view label() const override { return "an awaited time"; }
    std::coroutine_handle<> coroutine;
  };
  steady_time until_;
};

} // namespace detail

} // namespace troupe
