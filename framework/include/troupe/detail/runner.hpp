// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace troupe::detail {

/// What is left to do after a turn.
enum class after_turn {
  again, // more: it wants another turn when others have had theirs
  idle,  // nothing; by now another thread may be running it
  over,  // nothing, ever
};

/// What takes turns with others on the scheduler's threads.
class turn_taker {
 public:
  virtual ~turn_taker() = default;
  /// One thread at a time: REQUIRES that it was scheduled, once, since it was idle.
  virtual after_turn take_turn() = 0;
};

/// Has a scheduler give turns to one turn_taker. Lives as long as it has holders, of which the scheduler is one while
/// it is scheduled: counted by hand, because a wake-up costs one count up and one down, and no more.
class runner {
 public:
  runner() = default;
  runner(const runner&) = delete;
  runner& operator=(const runner&) = delete;
  virtual ~runner() = default;

  void hold() noexcept { holders_.fetch_add(1, std::memory_order_relaxed); }
  void let_go() noexcept {
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete this;
  }
  /// Its turn comes soon. Takes over a share of the caller's. Any thread.
  virtual void schedule() = 0;

 private:
  std::atomic<std::uint32_t> holders_{1};
};

/// One holder's share of a runner.
class runner_ref {
 public:
  runner_ref() = default;
  /// Takes over the share that it was made with.
  explicit runner_ref(runner* made) : runner_{made} {}
  runner_ref(const runner_ref& other) : runner_{other.runner_} {
    if (runner_)
      runner_->hold();
  }
  runner_ref(runner_ref&& other) noexcept : runner_{std::exchange(other.runner_, nullptr)} {}
  runner_ref& operator=(runner_ref other) noexcept {
    std::swap(runner_, other.runner_);
    return *this;
  }
  ~runner_ref() {
    if (runner_)
      runner_->let_go();
  }

  explicit operator bool() const { return runner_ != nullptr; }
  /// The share becomes the scheduler's.
  void schedule() && { std::exchange(runner_, nullptr)->schedule(); }

 private:
  runner* runner_ = nullptr;
};

} // namespace troupe::detail
