// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/begun_questions.hpp>
#include <troupe/detail/bytes.hpp>
#include <troupe/detail/function_ref.hpp>
#include <troupe/detail/pending_reply.hpp>
#include <troupe/outcome.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace troupe::detail {

class endpoint;

/// A question in one process's table; 0: none.
using ask_number = std::uint64_t;

/// The duty to answer one question. Dropped without an answer, it says that the actor is down: so whatever
/// becomes of a message, whoever asked is told.
class responder {
 public:
  /// Nobody waits.
  responder() = default;
  /// Somebody in this process does.
  explicit responder(std::shared_ptr<pending_reply> asker) : local_{std::move(asker)} {}
  /// Somebody in another process does.
  responder(std::shared_ptr<endpoint> process, ask_number question)
      : process_{std::move(process)}, question_{question} {}
  responder(responder&& other) noexcept
      : local_{std::move(other.local_)},
        process_{std::move(other.process_)},
        question_{std::exchange(other.question_, 0)},
        answered_{std::move(other.answered_)} {}
  responder& operator=(responder&& other) noexcept {
    responder old{std::move(*this)}; // which answers, if it still has to
    local_ = std::move(other.local_);
    process_ = std::move(other.process_);
    question_ = std::exchange(other.question_, 0);
    answered_ = std::move(other.answered_);
    return *this;
  }
  ~responder() {
    if (expected()) [[unlikely]]
      fail_unanswered();
  }

  bool expected() const { return local_ || question_ != 0; }
  /// Who asks in another process.
  question_origin origin() const;

  /// Answers a question whose answer is an R. Nothing happens when nobody waits.
  template <class R>
  void succeed(R&& value) {
    using plain = std::remove_cvref_t<R>;
    if (local_) {
      plain answer(std::forward<R>(value)); // what this throws is still to be told
      static_cast<pending_value<plain>&>(*std::exchange(local_, nullptr)).set(std::move(answer));
    } else if (question_ != 0)
      answer([&](byte_writer& w) { encode<plain>(w, value); });
  }
  void succeed() {
    if (auto asker = std::move(local_))
      static_cast<pending_value<void>&>(*asker).set();
    else if (question_ != 0)
      answer([](byte_writer&) {});
  }

  /// Who waits in this process; null when nobody does.
  pending_reply* asker() const { return local_.get(); }
  /// Whoever waits in this process does not any more.
  bool is_abandoned() const { return local_ && local_->done(); }
  /// Nobody waits any more.
  void drop() {
    local_.reset();
    question_ = 0;
  }
  /// Somebody else is to answer whoever waits in this process: null when nobody does.
  std::shared_ptr<pending_reply> take_asker() { return std::move(local_); }

  /// For somebody who may have to answer instead. REQUIRES: expected(), and not called before.
  begun_question share();

  void fail(const failure& why) noexcept;
  /// With the exception being handled. REQUIRES: called inside a catch block.
  void fail_with_current() noexcept;

 private:
  /// What saving the value throws becomes the answer.
  void answer(function_ref<void(byte_writer&)> encode);
  bool claims();
  void fail_unanswered() noexcept;

  std::shared_ptr<pending_reply> local_;
  std::shared_ptr<endpoint> process_; // its system, as this process reaches it
  ask_number question_ = 0;
  std::shared_ptr<std::atomic<bool>> answered_; // null: nobody else may answer the question
};

/// Answers with a value, or with what an outcome is.
template <class R>
void settle(responder& to, R&& value) {
  to.succeed(std::forward<R>(value));
}
template <class R>
void settle(responder& to, outcome<R>&& value) {
  if (!value.has_value())
    to.fail(value.error());
  else if constexpr (std::is_void_v<R>)
    to.succeed();
  else
    to.succeed(std::move(value).value());
}

} // namespace troupe::detail
