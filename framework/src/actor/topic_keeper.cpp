// SPDX-License-Identifier: BSD-3-Clause
#include "actor/topic_keeper.hpp"

#include "codec/current_exception.hpp"

#include <troupe/detail/code_table.hpp>
#include <troupe/exceptions.hpp>
#include <troupe/runtime.hpp>

#include <algorithm>
#include <iostream>
#include <utility>

namespace troupe::detail {

namespace {

struct leave_request final : host_job {
  explicit leave_request(std::uint64_t t) : times{t} {}
  void run(actor_host& host) override { host.object<topic_courier>().leave(times); }
  std::uint64_t times;
};

} // namespace

// ---- the actor

void topic_keeper::publish(topic_value value) {
  if (!value.value)
    return; // it did not load
  value.sole = subscribers() == 1;
  for (auto next = couriers_.begin(); next != couriers_.end();) {
    const auto to = next++;
    if (!to->second.subscribed)
      continue;
    try {
      to->second.courier.tell<&topic_courier::deliver>(value);
    } catch (const queue_full&) { // its courier has waited as long as this
      std::cerr << "troupe: a subscriber that was far behind was unsubscribed from its topic\n";
      to->second.courier.stop();
      couriers_.erase(to);
    }
  }
}

void topic_keeper::subscribe(const subscription& which) {
  const auto id = key_of(which);
  if (const auto found = couriers_.find(id); found != couriers_.end() && found->second.times->add()) {
    found->second.subscribed = true;
    return;
  }
  const auto hand_over = code_at<hand_over_function>(which.hand_over);
  const auto times = std::make_shared<subscribed_times>();
  const auto courier = spawn<topic_courier>(which.subscriber, hand_over, times);
  couriers_.insert_or_assign(id, entry{courier, times});
  monitor(courier, [this, id](const down& ended) {
    const auto found = couriers_.find(id); // perhaps of a later subscription
    if (found != couriers_.end() && found->second.courier == ended.ref)
      couriers_.erase(found);
  });
}

void topic_keeper::unsubscribe(const subscription& which) {
  const auto found = couriers_.find(key_of(which));
  if (found == couriers_.end() || !std::exchange(found->second.subscribed, false))
    return;
  // Behind what was published before, but not, as a message, waiting for room.
  const auto& courier = found->second.courier.internals()->host();
  courier->push(std::make_unique<leave_request>(found->second.times->count()));
}

std::size_t topic_keeper::subscribers() const {
  return static_cast<std::size_t>(
      std::count_if(couriers_.begin(), couriers_.end(), [](const auto& c) { return c.second.subscribed; }));
}

void topic_keeper::on_stop(const exit_reason&) {
  for (const auto& [id, to] : couriers_)
    to.courier.stop();
}

// ---- what handles ask of it

namespace {

std::string name_of_actor(const std::string& topic) { return "troupe::topic " + topic; }

std::string name_of_type(const topic_type& type) {
  return std::string{readable_type_name{&type.type}.view()};
}

steady_time deadline_in(std::chrono::nanoseconds timeout) {
  return deadline_after(timeout, actor_system::current()->now());
}

std::chrono::nanoseconds time_until(steady_time deadline) {
  return deadline - actor_system::current()->now();
}

/// Only that of a topic: find_until says whether it carries the right type.
topic_ref look_up(const std::string& name, steady_time deadline) {
  return topic_ref{actor_system::current()->find(name_of_actor(name), deadline)};
}

topic_ref find_until(steady_time deadline, const std::string& name, const topic_type& type) {
  auto there = look_up(name, deadline);
  if (!there)
    return {};
  try {
    const auto carries = there.ask<&topic_keeper::value_type>().get(time_until(deadline));
    if (const auto wanted = name_of_type(type); carries != wanted)
      throw usage_error("the topic '" + name + "' carries " + carries + ", not " + wanted +
                        ": choose another name, or the same type everywhere");
  } catch (const actor_down&) { // closed meanwhile
    return {};
  }
  return there;
}

} // namespace

topic_ref make_topic(runtime& rt, const topic_type& type) {
  return rt.spawn<topic_keeper>(name_of_type(type));
}

topic_ref make_topic(runtime& rt, const std::string& name, const topic_type& type,
                     std::chrono::nanoseconds timeout) {
  const auto deadline = deadline_in(timeout);
  for (;;) { // once more only when others have made or closed it meanwhile
    if (auto there = find_until(deadline, name, type))
      return there;
    try {
      return rt.spawn<topic_keeper>({.name = name_of_actor(name)}, name_of_type(type));
    } catch (const usage_error&) { // its name is taken
      if (actor_system::current()->now() >= deadline)
        throw timeout_error("topic '" + name + "': others make it and close it all the time");
    }
  }
}

topic_ref find_topic(const std::string& name, const topic_type& type, std::chrono::nanoseconds timeout) {
  return find_until(deadline_in(timeout), name, type);
}

void publish(const topic_ref& to, topic_value value, std::chrono::nanoseconds timeout) {
  to.within(timeout).tell<&topic_keeper::publish>(std::move(value));
}

namespace {

// Room for the question and its answer, together.
template <auto method>
void have_done(const topic_ref& by, const subscription& which, std::chrono::nanoseconds timeout) {
  const auto system = by ? by.internals()->system() : nullptr;
  const auto begun = system ? system->now() : steady_time{};
  auto done = by.within(timeout).ask<method>(which); // throws when there is no topic
  done.get(timeout - (system->now() - begun));
}

} // namespace

void subscribe(const topic_ref& to, const subscription& which, std::chrono::nanoseconds timeout) {
  if (!which.subscriber)
    throw usage_error("topic::subscribe: the reference to the subscriber is empty");
  have_done<&topic_keeper::subscribe>(to, which, timeout);
}

void unsubscribe(const topic_ref& from, const subscription& which, std::chrono::nanoseconds timeout) {
  have_done<&topic_keeper::unsubscribe>(from, which, timeout);
}

reply<std::size_t> count_subscribers(const topic_ref& of) { return of.ask<&topic_keeper::subscribers>(); }

} // namespace troupe::detail
