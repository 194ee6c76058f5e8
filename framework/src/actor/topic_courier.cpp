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

void log_loss(const failure& why) {
  std::cerr << "troupe: a value did not reach a subscriber of its topic: " << why.type_name() << ": "
            << why.what() << '\n';
}

} // namespace

topic_courier::topic_courier(actor_ref<actor> subscriber, hand_over_function hand_over)
    : subscriber_{std::move(subscriber)}, hand_over_{hand_over} {}

void topic_courier::on_start() { follow(); }

// When it is in the place of one that has ended, the news of that end may still wait in the mailbox.
void topic_courier::follow() {
  monitor(subscriber_, [this, followed = ++followed_](const down&) {
    if (followed == followed_)
      stop();
  });
}

// A test's time, on a stage.
steady_time topic_courier::now() { return actor_host::of_this_thread("a topic").system()->now(); }

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
