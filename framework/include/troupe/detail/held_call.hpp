// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_call.hpp>
#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/endpoint.hpp>
#include <troupe/detail/seat.hpp>

#include <memory>
#include <tuple>
#include <utility>

/// A call on its way to an actor, wherever that is; and one that waits for a supervised actor.

namespace troupe::detail {

/// For an actor that had ended before it was first looked for.
failure why_unreachable(const endpoint& actor);

/// Waits, if there is no room for more messages to an actor elsewhere. Errors: queue_full after a long wait.
inline const endpoint& with_room(const endpoint& to) {
  if (to.holds_back()) [[unlikely]]
    to.system()->wait_for_room(to);
  return to;
}

template <auto method>
using pending_answer = pending_value<answer_t<method>>;

template <class A, auto method, class... Args>
void send_tell(const endpoint& to, Args&&... args) {
  using traits = method_type<decltype(method)>;
  if (to.host())
    to.host()->push(std::make_unique<local_call<A, method>>(
                        travelling_for<traits>(std::forward<Args>(args)...), responder{}),
                    actor_host::sender::tells);
  else if (to.way())
    write_call<A, method>(with_room(to), 0, args...);
}

/// A question to an actor elsewhere. Returns its number in the table.
template <class A, auto method, class... Args>
ask_number write_question(const endpoint& to, std::shared_ptr<pending_reply> asker, const Args&... args) {
  const auto question = to.system()->expect(std::move(asker), to.id().process);
  try {
    write_call<A, method>(to, question, args...);
  } catch (...) { // saving an argument
    to.system()->forget(question);
    throw;
  }
  to.system()->check_alive(to);
  return question;
}

/// Returns the number of the question in the table; 0 when it is not there.
template <class A, auto method, class... Args>
ask_number send_ask(const endpoint& to, const std::shared_ptr<pending_answer<method>>& result,
                    Args&&... args) {
  using traits = method_type<decltype(method)>;
  if (to.host()) {
    to.host()->push(std::make_unique<local_call<A, method>>(
        travelling_for<traits>(std::forward<Args>(args)...), responder{result}));
    return 0;
  }
  if (!to.way()) {
    result->fail(why_unreachable(to));
    return 0;
  }
  return write_question<A, method>(with_room(to), result, args...);
}

/// `asker`: null when nobody waits for the answer.
template <class A, auto method>
class held_call final : public held_message {
 public:
  using arguments = typename method_type<decltype(method)>::travelling;
  held_call(std::shared_ptr<pending_answer<method>> asker, arguments args)
      : asker_{std::move(asker)}, arguments_{std::move(args)} {}

  void send(const endpoint& to) override {
    if (to.host()) // it has waited: no matter how many there are
      to.host()->push(std::make_unique<local_call<A, method>>(
                          std::move(arguments_), asker_ ? responder{std::move(asker_)} : responder{}),
                      actor_host::sender::elsewhere);
    else
      std::apply([&](const auto&... args) { write_to(to, args...); }, arguments_);
  }
  void refuse(const failure& why) noexcept override {
    if (asker_)
      asker_->fail(why);
  }

 private:
  // Without waiting for room: whoever hands it over may be the one that makes room.
  template <class... Args>
  void write_to(const endpoint& to, const Args&... args) {
    if (!to.way())
      refuse(why_unreachable(to));
    else if (asker_)
      write_question<A, method>(to, asker_, args...);
    else
      write_call<A, method>(to, 0, args...);
  }

  std::shared_ptr<pending_answer<method>> asker_;
  arguments arguments_;
};

template <class A, auto method, class... Args>
std::unique_ptr<held_message> hold_call(std::shared_ptr<pending_answer<method>> asker, Args&&... args) {
  return std::make_unique<held_call<A, method>>(
      std::move(asker), travelling_for<method_type<decltype(method)>>(std::forward<Args>(args)...));
}

} // namespace troupe::detail
