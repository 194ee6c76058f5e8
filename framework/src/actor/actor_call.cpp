// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/actor_call.hpp>

#include "actor/actor_environment.hpp"
#include "actor/unreachable.hpp"
#include "actor/wire_tag.hpp"

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/seat.hpp>
#include <troupe/exceptions.hpp>

#include <exception>
#include <utility>

namespace troupe::detail {

namespace {

template <class Call>
void answering(responder& to, Call call) {
  try {
    call();
  } catch (...) {
    if (!to.expected())
      throw;
    to.fail_with_current();
  }
}

/// A supervisor may give its child up while this lasts, or waits.
template <class Call>
void answering_in(actor_host& host, responder& to, Call call) {
  if (!host.is_seated() || !to.expected()) [[likely]] {
    answering(to, call);
  } else if (host.begin_answer(to)) {
    answering(to, call);
    host.handler_returned();
  }
}

} // namespace

void call_method(const method_info& method, actor_host& host, void* arguments, responder& to) {
  answering_in(host, to, [&] { method.call(host, arguments, to); });
}

void call_method(const method_info& method, actor_host& host, byte_reader& arguments, responder& to) {
  answering_in(host, to, [&] { method.decode_and_call(method, host, arguments, to); });
}

namespace {

using encode_arguments = function_ref<void(byte_writer&)>;

/// Waits, if there is no room for more messages to an actor elsewhere. Errors: queue_full after a long wait.
const endpoint& with_room(const endpoint& to) {
  if (to.holds_back()) [[unlikely]]
    to.system()->wait_for_room(to);
  return to;
}

void write_call(const endpoint& to, const method_info& method, ask_number question, encode_arguments encode) {
  const auto index = method.index();
  to.way().write(wire(actor_tag::call), [&](byte_writer& w) {
    w.put(index);
    w.put(question);
    encode(w);
  });
  if (to.credit())
    if (const auto mark = to.credit()->note_sent(); mark != 0)
      to.way().write(wire(actor_tag::mark), [mark](byte_writer& w) { w.put(mark); });
}

/// A question to an actor elsewhere. Returns its number in the table.
ask_number write_question(const endpoint& to, const method_info& method, std::shared_ptr<pending_reply> asker,
                          encode_arguments encode) {
  const auto question = to.system()->expect(std::move(asker), to.id().process, /*is_ask=*/true);
  try {
    write_call(to, method, question, encode);
  } catch (...) { // saving an argument
    to.system()->forget(question);
    throw;
  }
  to.system()->check_alive(to);
  return question;
}

/// Waits for a supervised actor.
class held_call final : public held_message {
 public:
  held_call(const endpoint& supervised, std::unique_ptr<actor_call> call)
      : seat_{kept(supervised)}, call_{std::move(call)} {}

  void send(const endpoint& to) override {
    if (to.host()) // it has waited: no matter how many there are
      to.host()->push(std::move(call_), actor_host::sender::elsewhere);
    else if (to.way())
      write_to(to);
    else
      call_->refuse(why_unreachable(to));
  }
  pending_reply* asker() const override { return call_->asker(); }
  void refuse(const failure& why) noexcept override {
    if (call_)
      call_->refuse(why);
  }

 private:
  // Without waiting for room: whoever hands it over may be the one that makes room.
  void write_to(const endpoint& to) {
    const auto encode = [this](byte_writer& w) { call_->encode(w); };
    const auto asker = call_->take_asker();
    if (!asker)
      write_call(to, call_->method(), 0, encode);
    else
      try {
        write_question(to, call_->method(), asker, encode);
      } catch (...) {
        asker->fail(failure{std::current_exception()});
      }
  }

  const std::shared_ptr<endpoint> seat_;
  std::unique_ptr<actor_call> call_;
};

void tell_occupant(const endpoint& to, const new_call& call) {
  if (to.host())
    to.host()->push(call.keep(responder{}), actor_host::sender::tells);
  else if (to.way())
    write_call(with_room(to), call.method, 0, call.encode);
}

/// False: it has failed. So whoever asks learns in one way of a mailbox that is full, wherever that is.
bool gets_in(const endpoint& to, pending_reply& question) {
  try {
    if (to.system()->let_in(to, question))
      return true;
    question.fail(
        failure::of(queue_full{"the mailbox of an actor of another process is full, and an earlier ask of "
                               "this sender, given up at its deadline, waits there already"}));
  } catch (const queue_full&) {
    question.fail(failure{std::current_exception()});
  }
  return false;
}

ask_number ask_occupant(const endpoint& to, const std::shared_ptr<pending_reply>& asker,
                        const new_call& call) {
  if (to.host()) {
    to.host()->push(call.keep(responder{asker}));
    return 0;
  }
  if (!to.way()) {
    asker->fail(why_unreachable(to));
    return 0;
  }
  if (to.holds_back() && !gets_in(to, *asker)) [[unlikely]]
    return 0;
  return write_question(to, call.method, asker, call.encode);
}

} // namespace

void tell(const endpoint& to, const new_call& call) {
  const world_visit here{to.system()->environment()};
  if (!to.place()) [[likely]]
    tell_occupant(to, call);
  else if (const auto occupant = to.place()->occupant())
    tell_occupant(*occupant, call);
  else
    to.place()->send(std::make_unique<held_call>(to, call.keep(responder{})), /*refused_quietly=*/false);
}

ask_number ask(const endpoint& to, const std::shared_ptr<pending_reply>& asker, const new_call& call) {
  const world_visit here{to.system()->environment()};
  if (!to.place()) [[likely]]
    return ask_occupant(to, asker, call);
  if (const auto occupant = to.place()->occupant())
    return ask_occupant(*occupant, asker, call);
  to.place()->send(std::make_unique<held_call>(to, call.keep(responder{asker})), /*refused_quietly=*/true);
  return 0;
}

} // namespace troupe::detail
