// SPDX-License-Identifier: BSD-3-Clause
#include "actor/topic_courier.hpp"

#include <troupe/detail/actor_system.hpp>
#include <troupe/exceptions.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <utility>

namespace troupe::detail {

namespace {

// A mailbox that rejects says so at once; one that blocks, after 30 s.
constexpr std::chrono::seconds longer_than_a_rejection{20};

/// Of a test, on a stage.
steady_time now() { return actor_host::of_this_thread("a topic").system()->now(); }

void log_loss(const failure& why) {
  std::cerr << "troupe: a value did not reach a subscriber of its topic: " << why.type_name() << ": "
            << why.what() << '\n';
}

} // namespace

topic_courier::topic_courier(actor_ref<actor> subscriber, hand_over_function hand_over,
                             std::shared_ptr<subscribed_times> times)
    : subscriber_{std::move(subscriber)}, hand_over_{hand_over}, times_{std::move(times)} {}

void topic_courier::follow() {
  monitor(subscriber_, [this](const down&) {
    if (times_->close(known_times_))
      stop();
    else
      follow();
  });
}

void topic_courier::leave(std::uint64_t times) {
  if (times_->close(times))
    stop();
}

void topic_courier::deliver(const topic_value& value) {
  const auto begun = now();
  try {
    hand_over_(subscriber_, value);
  } catch (const queue_full& e) {
    if (now() - begun < longer_than_a_rejection)
      return; // the subscriber wants it so
    std::cerr << "troupe: a subscriber that took nothing was unsubscribed from its topic: " << e.what()
              << '\n';
    stop();
  } catch (...) { // saving or copying this value: the next one may fare better
    log_loss(failure{std::current_exception()});
  }
}

} // namespace troupe::detail
