// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/actor.hpp>
#include <troupe/detail/topic_keeper.hpp>

#include <cstdint>

namespace troupe::detail {

/// Carries the values of one topic to one of its subscribers.
///
/// It is there to wait: when the subscriber's mailbox blocks, it is the courier that is held up, and not the topic.
/// Its own mailbox holds what waits meanwhile, and blocks when that is too much. It ends with its subscriber, when it
/// is told to, and when the subscriber takes nothing any more.
class topic_courier final : public actor {
 public:
  topic_courier(actor_ref<actor> subscriber, hand_over_function hand_over);

  void deliver(const topic_value& value);
  /// From now on, it ends with whoever is the subscriber now: a supervised one may have been started again.
  void follow();

 private:
  void on_start() override;
  static steady_time now();

  const actor_ref<actor> subscriber_;
  const hand_over_function hand_over_;
  std::uint64_t followed_ = 0;
};

} // namespace troupe::detail
