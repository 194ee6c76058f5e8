// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/responder.hpp>

#include "actor/actor_environment.hpp"
#include "actor/wire_tag.hpp"

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/endpoint.hpp>
#include <troupe/exceptions.hpp>

#include <exception>
#include <utility>

namespace troupe::detail {

namespace {

void write_answer(const endpoint& asker, actor_tag tag, ask_number question,
                  function_ref<void(byte_writer&)> encode) {
  if (!asker.way())
    return; // nobody is left to be told
  const world_visit here{asker.system()->environment()};
  asker.way().write(wire(tag), [&](byte_writer& w) {
    w.put(question);
    encode(w);
  });
}

} // namespace

question_origin responder::origin() const { return {process_ ? process_->id().process : 0, question_}; }

begun_question responder::share() {
  if (local_)
    return begun_question{local_};
  answered_ = std::make_shared<std::atomic<bool>>(false);
  return {process_, question_, answered_};
}

// Of a question in another process. False: it has been answered by somebody else.
bool responder::claims() {
  if (!answered_ || !std::exchange(answered_, nullptr)->exchange(true))
    return true;
  question_ = 0;
  return false;
}

void responder::answer(function_ref<void(byte_writer&)> encode) {
  if (!claims())
    return;
  write_answer(*process_, actor_tag::answer, question_, encode);
  question_ = 0; // not before: what saving the value throws is still to be told
}

void responder::fail_with_current() noexcept {
  if (const auto asker = std::move(local_)) {
    asker->fail(failure{std::current_exception()});
  } else if (question_ != 0 && claims()) {
    const auto question = std::exchange(question_, 0);
    write_answer(*process_, actor_tag::refuse, question, [](byte_writer& w) {
      static_cast<void>(encode_current_exception(w)); // nothing fitted: it arrives as a decode_error
    });
  }
}

void responder::fail(const failure& why) noexcept {
  if (!expected())
    return;
  if (const auto asker = std::move(local_)) {
    asker->fail(why);
    return;
  }
  try {
    why.rethrow();
  } catch (...) {
    fail_with_current();
  }
}

void responder::fail_unanswered() noexcept {
  const auto* host = actor_host::running();
  fail(failure::of(actor_down{(host ? host->label() : std::string{"the actor"}) +
                              " ended, or let go of its promise, before it had answered"}));
}

} // namespace troupe::detail
