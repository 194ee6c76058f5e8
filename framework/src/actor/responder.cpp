// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/responder.hpp>

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/actor_system.hpp>
#include <troupe/exceptions.hpp>

#include <exception>
#include <utility>

namespace troupe::detail {

void responder::answer(function_ref<void(byte_writer&)> encode) {
  here_->answer(process_, question_, /*success=*/true, encode);
  question_ = 0; // not before: what saving the value throws is still to be told
}

void responder::fail_with_current() noexcept {
  if (const auto asker = std::move(local_)) {
    asker->fail(failure{std::current_exception()});
  } else if (const auto question = std::exchange(question_, 0)) {
    here_->answer(process_, question, /*success=*/false, [](byte_writer& w) {
      static_cast<void>(encode_current_exception(w)); // nothing fitted: it arrives as a decode_error
    });
  }
}

void responder::fail(const failure& why) noexcept {
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
