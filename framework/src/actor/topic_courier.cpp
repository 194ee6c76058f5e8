// SPDX-License-Identifier: BSD-3-Clause
#include "actor/topic_courier.hpp"

#include <troupe/exceptions.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <utility>

namespace troupe::detail {

namespace {

using clock = std::chrono::steady_clock;

// A mailbox that rejects says so at once; one that blocks, after 30 s.
constexpr std::chrono::seconds longer_than_a_rejection{20};

void log_loss(const failure& why) {
  std::cerr << "troupe: a value did not reach a subscriber of its topic: " << why.type_name() << ": "
            << why.what() << '\n';
}

} // namespace

topic_courier::topic_courier(actor_ref<actor> subscriber, hand_over_function hand_over)
    : subscriber_{std::move(subscriber)}, hand_over_{hand_over} {}

void topic_courier::on_start() {
  monitor(subscriber_, [this](const down&) { stop(); });
}

void topic_courier::deliver(const topic_value& value) {
  const auto begun = clock::now();
  try {
    hand_over_(subscriber_, value);
  } catch (const queue_full& e) {
    if (clock::now() - begun < longer_than_a_rejection)
      return; // the subscriber wants it so
    std::cerr << "troupe: a subscriber that took nothing was unsubscribed from its topic: " << e.what()
              << '\n';
    stop();
  } catch (...) { // saving or copying this value: the next one may fare better
    log_loss(failure{std::current_exception()});
  }
}

} // namespace troupe::detail
