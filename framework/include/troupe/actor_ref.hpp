// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_call.hpp>
#include <troupe/detail/endpoint.hpp>
#include <troupe/detail/member_call.hpp>
#include <troupe/detail/room_limit.hpp>
#include <troupe/exceptions.hpp>
#include <troupe/exit_reason.hpp>
#include <troupe/forever.hpp>
#include <troupe/reply.hpp>

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace troupe {

namespace detail {

/// Has the end of an actor answered. Whoever does not wait any more abandons it.
std::shared_ptr<pending_value<exit_reason>> await_end(const std::shared_ptr<endpoint>& of);
void request_stop(const endpoint& to, exit_reason reason);
/// Ends an actor that does not react to that: for others at once; for itself, with its on_stop, when its handler returns.
void give_up(const endpoint& actor, exit_reason reason);
/// Has the other end when `with` ends abnormally.
void request_link(const endpoint& other, const actor_host& with);
[[noreturn]] void throw_empty_reference();
/// Where it is. Errors: usage_error when there is no such reference; actor_down when it is being restarted.
process_id process_now(const std::shared_ptr<endpoint>& actor);

} // namespace detail

template <class A>
class actor_ref;

/// A reference whose messages wait no longer than a given time for room in a full mailbox: `actor_ref::within`.
template <class A>
class limited_ref {
 public:
  limited_ref(actor_ref<A> to, std::chrono::nanoseconds longest) : to_{std::move(to)}, longest_{longest} {}

  /// As those of `actor_ref`. Errors: queue_full as soon as the time is over.
  template <auto method, class... Args>
  void tell(Args&&... args) const { // overloaded? troupe::overload<int>(&c::m)
    const detail::room_limit limit{to_.checked(), longest_};
    to_.template tell<method>(std::forward<Args>(args)...);
  }
  template <auto method, class... Args>
  auto ask(Args&&... args) const { // overloaded? troupe::overload<int>(&c::m)
    const detail::room_limit limit{to_.checked(), longest_};
    return to_.template ask<method>(std::forward<Args>(args)...);
  }

 private:
  actor_ref<A> to_;
  std::chrono::nanoseconds longest_;
};

/// A reference to an actor of class A or derived from it, in this process or another: used in the same way.
///
/// A value: copies are cheap; it can be sent in arguments, results and members of messages, compared and hashed.
/// Weak: holding one keeps nobody alive. Threads: any.
/// Restart: a reference to a supervised actor stays valid. While that is being restarted, messages wait for it, within
/// the bound of its mailbox; what the one before had not answered fails with `actor_down`.
///
/// Messages from one sender to one actor arrive in the order in which they were sent.
template <class A>
class actor_ref {
 public:
  using actor_type = A;

  /// Refers to nobody.
  actor_ref() = default;
  explicit actor_ref(std::shared_ptr<detail::endpoint> to) : to_{std::move(to)} {}
  template <class Derived>
  requires(!std::is_same_v<Derived, A> && std::is_convertible_v<Derived*, A*>)
      actor_ref(const actor_ref<Derived>& other) // NOLINT: as pointers convert
      : to_{other.internals()} {}

  explicit operator bool() const { return to_ != nullptr; }

  /// Has the actor call its member: `ref.tell<&counter::add>(3)`. Nobody learns what becomes of it: an exception
  /// ends the actor; to an actor that has ended, nothing is sent.
  ///
  /// In: arguments, converted to the parameters' types here; moved when the actor is in this process,
  ///   saved otherwise; what does not load in the other process is logged there and dropped.
  /// Errors: usage_error when the reference is empty; queue_full as `overflow_policy` says; what saving throws.
  //
  // When `method` is one of several of that name, compilers can say only that this is no candidate. They show its line.
  template <auto method, class... Args>
  void tell(Args&&... args) const { // overloaded? troupe::overload<int>(&c::m)
    if constexpr (detail::check_method<A, method, Args...>())
      detail::tell_method<detail::travelling_t<method>>(checked(), detail::describe_method<A, method>(),
                                                        std::forward<Args>(args)...);
  }

  /// The same with an answer: `ref.ask<&counter::total>().get(1s)`. An exception that the member throws is the
  /// answer, and the actor goes on.
  template <auto method, class... Args>
  reply<detail::answer_t<method>> ask(Args&&... args) const { // overloaded? troupe::overload<int>(&c::m)
    if constexpr (detail::check_method<A, method, Args...>())
      return detail::ask_method<detail::answer_t<method>, detail::travelling_t<method>>(
          checked(), detail::describe_method<A, method>(), std::forward<Args>(args)...);
    else
      return {nullptr, 0}; // not compiled
  }

  /// For messages that are not to wait the 30 s of `overflow_policy::block` for room: `ref.within(10ms).tell<…>(…)`.
  /// How long an answer may take is said when it is waited for.
  template <class Rep, class Period>
  limited_ref<A> within(std::chrono::duration<Rep, Period> longest) const {
    return {*this, detail::in_nanoseconds(longest)};
  }

  /// Has the actor end when it has handled what was sent before.
  void stop(exit_reason reason = {.kind = exit_kind::stopped}) const {
    detail::request_stop(checked(), std::move(reason));
  }

  /// Answered when the actor has ended, with the reason; at once, if it has.
  reply<exit_reason> when_down() const {
    checked();
    return {detail::await_end(to_), 0};
  }

  /// For the framework.
  const std::shared_ptr<detail::endpoint>& internals() const { return to_; }
  detail::actor_id id() const { return to_ ? to_->id() : detail::actor_id{}; }

 private:
  friend class limited_ref<A>;
  const detail::endpoint& checked() const {
    if (!to_) [[unlikely]]
      detail::throw_empty_reference();
    return *to_;
  }

  std::shared_ptr<detail::endpoint> to_;
};

template <class A, class B>
bool operator==(const actor_ref<A>& a, const actor_ref<B>& b) {
  return a.id() == b.id();
}
/// Some order, the same within a runtime: for `std::set` and `std::map`.
template <class A, class B>
std::strong_ordering operator<=>(const actor_ref<A>& a, const actor_ref<B>& b) {
  return a.id() <=> b.id();
}

template <class A>
placement beside(const actor_ref<A>& other) {
  if (!other)
    detail::throw_empty_reference(); // or its neighbour would run where nobody expects it
  return placement{placement::kind::beside, other.id()};
}

namespace detail {

/// References of whatever kind travel as the id of what they refer to.
template <class Reference>
struct builtin_reference {
  using parts = type_list<>;
  static void save(encoder& to, const Reference& value) {
    const auto id = value.id();
    to.bytes().put(id.process);
    to.bytes().put(id.number);
    to.bytes().put(id.capacity);
  }
  static void load(decoder& from, Reference& value) {
    actor_id id;
    id.process = from.bytes().get<process_id>();
    id.number = from.bytes().get<actor_number>();
    id.capacity = from.bytes().get<std::uint16_t>();
    value = id.number == 0 ? Reference{} : Reference{actor_system::current()->reach(id)};
  }
};

template <class A>
struct builtin<actor_ref<A>> : builtin_reference<actor_ref<A>> {};

} // namespace detail

} // namespace troupe

template <class A>
struct std::hash<troupe::actor_ref<A>> {
  std::size_t operator()(const troupe::actor_ref<A>& ref) const noexcept {
    return troupe::detail::actor_id_hash{}(ref.id());
  }
};
