// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/topic_keeper.hpp>
#include <troupe/detail/topic_subscriber.hpp>
#include <troupe/detail/topic_value.hpp>
#include <troupe/forever.hpp>
#include <troupe/runtime.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

namespace troupe {

/// What one actor says, heard by all that have subscribed, in whichever processes they are.
///
/// A handle on an actor that keeps the subscribers: a value that can be copied, compared, and sent in arguments,
/// results and members of messages. Weak: the topic lives until `close` or the end of the runtime, in the process that made
/// it, which is the runtime's own. A topic that has ended hears nobody; what is published then reaches nobody.
///
/// Order: what one publisher (a thread, or an actor) publishes arrives in that order. Values of several publishers
/// arrive at all subscribers in the same order: that in which they reached the topic.
///
/// A slow subscriber: its mailbox's own policy holds. With `block`, the default, up to 100,000 values wait for it in the
/// topic beside those in its mailbox, and the other subscribers do not wait for it; beyond that, publishers are held back to
/// its pace. One that has taken nothing for 30 s is unsubscribed, and that is logged. `reject` and the dropping policies
/// lose what finds no room, for that subscriber only; `reject` drops, since nobody is there to be told.
///
/// Cost: from the publisher to the topic, and from there to each subscriber, an ordinary `tell`, and one more inside the
/// topic's process. A value is saved once for the way to a topic elsewhere and once for each subscriber elsewhere; each
/// subscriber in the topic's process gets a copy, or, when it is the only subscriber, the value itself.
///
/// Limits: each subscriber with a full mailbox holds one thread of the topic's process; that has 4096 at most.
/// Threads: any.
///
/// Example:
///   const troupe::topic<quote> quotes{rt, "quotes"};
///   quotes.subscribe<&trader::on_quote>(trader_ref);   // void trader::on_quote(const quote& q)
///   quotes.publish({"ACME", 12.5});
template <class T>
class topic {
  static_assert(std::is_same_v<T, std::decay_t<T>>,
                "troupe: topic<T>: T is the type of a value: no reference, const or array");

 public:
  using value_type = T;

  /// Refers to no topic.
  topic() = default;
  /// A new topic without a name.
  explicit topic(runtime& rt) : keeper_{detail::make_topic(rt, type())} {}
  /// The topic of that name; a new one, when there is none. Names of topics are apart from those of actors.
  /// Errors: usage_error when it is a topic of another type; the text names both. timeout_error, when the topic that has
  /// that name says nothing.
  topic(runtime& rt, const std::string& name, std::chrono::nanoseconds timeout = forever)
      : keeper_{detail::make_topic(rt, name, type(), timeout)} {}

  /// The topic of that name, in any process: for actors, which have no runtime object. It makes none, since what an
  /// actor makes goes with its process: an empty handle when there is none.
  /// Errors: usage_error when it is a topic of another type, or there is no runtime; timeout_error.
  static topic find(const std::string& name, std::chrono::nanoseconds timeout = forever) {
    topic found;
    found.keeper_ = detail::find_topic(name, type(), timeout);
    return found;
  }

  explicit operator bool() const { return static_cast<bool>(keeper_); }

  /// Sends the value to all that are subscribed when the topic comes to it; nobody waits for them.
  ///
  /// In: copied, or moved from.
  /// `timeout`: how long to wait for room in the topic, 30 s at most.
  /// Errors: usage_error when the handle is empty; queue_full when it had none in that time; what saving throws.
  ///   A value that does not load in another process, or cannot be saved for a subscriber there, is logged and dropped.
  void publish(const T& value, std::chrono::nanoseconds timeout = forever) const { send(value, timeout); }
  void publish(T&& value, std::chrono::nanoseconds timeout = forever) const {
    send(std::move(value), timeout);
  }

  /// Has the member function called with each value that is published from now on, by anybody, until the subscriber
  /// ends, which the topic notices. Twice is once; two member functions of one actor are two subscribers.
  ///
  /// In: `method`, a member of the subscriber's class that takes T, const T&, or something T converts to. What it
  ///   returns is dropped; an exception ends the subscriber, as with `tell`. `subscriber`, an actor_ref, or `self()`.
  /// Errors: usage_error when a handle is empty; actor_down when the topic has ended; timeout_error, after which it may
  ///   still come about.
  /// Threads: any; it waits until the topic has done it, normally for microseconds.
  template <auto method, class Ref>
  void subscribe(const Ref& subscriber, std::chrono::nanoseconds timeout = forever) const {
    detail::check_topic_type<T>();
    if constexpr (detail::check_subscriber<T, method, Ref>())
      detail::subscribe(keeper_, detail::subscription_of<T, method>(subscriber), timeout);
  }
  /// The opposite. What is published afterwards does not reach it; what was published before may still arrive.
  /// Nothing happens when it was not subscribed. Errors: as `subscribe`.
  template <auto method, class Ref>
  void unsubscribe(const Ref& subscriber, std::chrono::nanoseconds timeout = forever) const {
    if constexpr (detail::check_subscriber<T, method, Ref>())
      detail::unsubscribe(keeper_, detail::subscription_of<T, method>(subscriber), timeout);
  }

  /// How many there are. Ended ones are forgotten soon, not at once. Errors of the answer: actor_down.
  reply<std::size_t> subscribers() const { return detail::count_subscribers(keeper_); }

  /// Ends the topic, for all, once it has dealt with what was published before. Its name is free then.
  void close() const { keeper_.stop(); }

  friend bool operator==(const topic& a, const topic& b) { return a.keeper_ == b.keeper_; }

  /// For the framework.
  const detail::topic_ref& internals() const { return keeper_; }
  explicit topic(detail::topic_ref keeper) : keeper_{std::move(keeper)} {}

 private:
  static const detail::topic_type& type() {
    detail::check_topic_type<T>();
    return detail::topic_type_of<T>();
  }
  template <class Value>
  void send(Value&& value, std::chrono::nanoseconds timeout) const {
    detail::check_topic_type<T>();
    detail::publish(keeper_, detail::topic_value::of(std::forward<Value>(value)), timeout);
  }

  detail::topic_ref keeper_;
};

namespace detail {

template <class T>
struct builtin<topic<T>> {
  using parts = type_list<>;
  static void save(encoder& to, const topic<T>& value) { to.save(value.internals()); }
  static void load(decoder& from, topic<T>& value) {
    topic_ref keeper;
    from.load(keeper);
    value = topic<T>{std::move(keeper)};
  }
};

} // namespace detail

} // namespace troupe
