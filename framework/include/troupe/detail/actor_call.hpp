// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/endpoint.hpp>
#include <troupe/detail/function_ref.hpp>
#include <troupe/detail/host_job.hpp>
#include <troupe/detail/method.hpp>
#include <troupe/detail/method_info.hpp>
#include <troupe/detail/responder.hpp>
#include <troupe/reply.hpp>

#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

/// A call on its way to an actor, wherever that is. What depends on types depends on those of the arguments only:
/// methods that take the same share it.

namespace troupe::detail {

/// A call within the process, or one that waits for a supervised actor.
class actor_call : public host_job {
 public:
  actor_call(const method_info& method, responder&& to) : method_{method}, to_{std::move(to)} {}

  void refuse(const failure& why) noexcept final { to_.fail(why); }
  job_kind kind() const final { return job_kind::message; }
  std::string_view label() const final { return method_.label; }
  pending_reply* asker() const final { return to_.asker(); }

  const method_info& method() const { return method_; }
  virtual void encode(byte_writer& out) const = 0;
  /// Who waits for the answer in this process, if anybody. It is no longer this call's duty.
  std::shared_ptr<pending_reply> take_asker() { return to_.take_asker(); }

 protected:
  const method_info& method_;
  responder to_;
};

template <class Travelling>
class kept_call final : public actor_call {
 public:
  kept_call(const method_info& method, responder&& to, Travelling&& arguments)
      : actor_call{method, std::move(to)}, arguments_{std::move(arguments)} {}

  void run(actor_host& host) override { call_method(method_, host, &arguments_, to_); }
  void encode(byte_writer& out) const override {
    std::apply([&](const auto&... args) { encode_for<Travelling>(out, args...); }, arguments_);
  }

 private:
  Travelling arguments_;
};

/// One call, as it is made: before it is known where the arguments go.
struct new_call {
  const method_info& method;
  /// With the arguments moved in. At most once.
  function_ref<std::unique_ptr<actor_call>(responder&&)> keep;
  /// The same: instead of `keep`.
  function_ref<void(byte_writer&)> encode;
};

template <class Travelling, class... Args>
std::unique_ptr<actor_call> keep_call(const method_info& method, responder&& to, Args&&... args) {
  return std::make_unique<kept_call<Travelling>>(method, std::move(to),
                                                 travelling_for<Travelling>(std::forward<Args>(args)...));
}

/// Errors: queue_full as `overflow_policy` says; what saving throws.
void tell(const endpoint& to, const new_call& call);
/// Returns the number of the question in the table; 0 when it is not there. Errors: the same.
ask_number ask(const endpoint& to, const std::shared_ptr<pending_reply>& asker, const new_call& call);

template <class Travelling, class... Args>
void tell_method(const endpoint& to, const method_info& method, Args&&... args) {
  const auto keep = [&](responder&& answer) {
    return keep_call<Travelling>(method, std::move(answer), std::forward<Args>(args)...);
  };
  const auto encode = [&](byte_writer& out) { encode_for<Travelling>(out, std::forward<Args>(args)...); };
  tell(to, {method, keep, encode});
}

template <class Answer, class Travelling, class... Args>
reply<Answer> ask_method(const endpoint& to, const method_info& method, Args&&... args) {
  const auto keep = [&](responder&& answer) {
    return keep_call<Travelling>(method, std::move(answer), std::forward<Args>(args)...);
  };
  const auto encode = [&](byte_writer& out) { encode_for<Travelling>(out, std::forward<Args>(args)...); };
  const auto answer = std::make_shared<pending_value<Answer>>(to.system());
  const auto question = ask(to, answer, {method, keep, encode});
  return {answer, question};
}

} // namespace troupe::detail
