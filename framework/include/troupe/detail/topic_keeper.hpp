// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/actor_ref.hpp>
#include <troupe/detail/topic_value.hpp>
#include <troupe/reply.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

/// What `topic<T>` asks of the actor that keeps the subscribers.

namespace troupe {
class actor;
class runtime;
} // namespace troupe

namespace troupe::detail {

class topic_keeper;
using topic_ref = actor_ref<topic_keeper>;

/// Gives a value to a subscriber. In the code table, one for each member function that is subscribed.
using hand_over_function = void (*)(const actor_ref<actor>& to, const topic_value& value);

/// Who is to be given values, and how.
struct subscription {
  actor_ref<actor> subscriber;
  std::uint32_t hand_over; ///< index of a hand_over_function
};

topic_ref make_topic(runtime& rt, const topic_type& type);
/// The topic of that name, or a new one. Errors: usage_error when it carries another type.
topic_ref make_topic(runtime& rt, const std::string& name, const topic_type& type,
                     std::chrono::nanoseconds timeout);
/// An empty reference when there is none. Errors: usage_error when it carries another type.
topic_ref find_topic(const std::string& name, const topic_type& type, std::chrono::nanoseconds timeout);

void publish(const topic_ref& to, topic_value value, std::chrono::nanoseconds timeout);
/// Both wait until it is done. Errors: actor_down, timeout_error.
void subscribe(const topic_ref& to, const subscription& which, std::chrono::nanoseconds timeout);
void unsubscribe(const topic_ref& from, const subscription& which, std::chrono::nanoseconds timeout);
reply<std::size_t> count_subscribers(const topic_ref& of);

} // namespace troupe::detail
