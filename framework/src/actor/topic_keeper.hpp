// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "actor/topic_courier.hpp"

#include <troupe/actor.hpp>
#include <troupe/detail/topic_keeper.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace troupe::detail {

/// A topic: who has subscribed to it, each with a courier of its own.
///
///   publisher ──value──▶ keeper ──value──▶ courier ──tell──▶ subscriber
///                                          courier ◀─monitor─ subscriber
///                        keeper ◀─monitor─ courier
///
/// It never waits for a subscriber, but for room in a courier's mailbox.
class topic_keeper final : public actor {
 public:
  explicit topic_keeper(std::string value_type) : value_type_{std::move(value_type)} {}

  /// As written in source.
  std::string value_type() const { return value_type_; }

  void publish(topic_value value);
  void subscribe(const subscription& which);
  void unsubscribe(const subscription& which);
  std::size_t subscribers() const;

 private:
  struct key {
    actor_id subscriber;
    std::uint32_t hand_over;
    auto operator<=>(const key&) const = default;
  };
  struct entry {
    actor_ref<topic_courier> courier;
    std::shared_ptr<subscribed_times> times;
    bool subscribed = true; // otherwise its courier is on its way out: a new one could overtake it
  };
  static key key_of(const subscription& which) { return {which.subscriber.id(), which.hand_over}; }

  void on_stop(const exit_reason&) override;

  const std::string value_type_;
  std::map<key, entry> couriers_;
};

} // namespace troupe::detail
