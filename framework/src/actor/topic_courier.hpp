// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/actor.hpp>
#include <troupe/detail/topic_keeper.hpp>

#include <atomic>
#include <cstdint>
#include <memory>

namespace troupe::detail {

/// How often somebody has subscribed by one courier: a supervised actor does again when it has been restarted, and its
/// courier may learn of the end, as of being unsubscribed, only afterwards. Of one process: the keeper adds, the
/// courier closes it.
class subscribed_times {
 public:
  /// False: the courier is about to end, or has.
  bool add() {
    auto now = times_.load();
    while (now != closed)
      if (times_.compare_exchange_weak(now, now + 1))
        return true;
    return false;
  }
  std::uint64_t count() const { return times_.load(); }
  /// True when there were no more than `known`, and there will not be. Otherwise, `known` becomes what there were.
  bool close(std::uint64_t& known) { return times_.compare_exchange_strong(known, closed); }

 private:
  static constexpr std::uint64_t closed = 0;
  std::atomic<std::uint64_t> times_{1};
};

/// Carries the values of one topic to one of its subscribers.
///
/// It is there to wait: when the subscriber's mailbox blocks, it is the courier that is held up, and not the topic.
/// Its own mailbox holds what waits meanwhile, and blocks when that is too much. It ends with its subscriber (unless that
/// has subscribed again by then), when it is told to leave (unless likewise), and when the subscriber takes nothing any more.
class topic_courier final : public actor {
 public:
  topic_courier(actor_ref<actor> subscriber, hand_over_function hand_over,
                std::shared_ptr<subscribed_times> times);

  void deliver(const topic_value& value);
  /// After what was published before: ends, unless its subscriber has subscribed more often than so many times by then.
  void leave(std::uint64_t times);

 private:
  void on_start() override { follow(); }
  void follow();

  const actor_ref<actor> subscriber_;
  const hand_over_function hand_over_;
  const std::shared_ptr<subscribed_times> times_;
  std::uint64_t known_times_ = 1;
};

} // namespace troupe::detail
