// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/codec.hpp>
#include <troupe/detail/deadline.hpp>
#include <troupe/detail/envelope.hpp>
#include <troupe/detail/excess_questions.hpp>
#include <troupe/detail/host_job.hpp>
#include <troupe/detail/process_exit.hpp>
#include <troupe/failure.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace troupe::detail {

class actor_system;

/// Where the answer to one question will be. Whoever answers first, wins; the rest is ignored.
///
///   waiting ──when_done──▶ awaited
///      │                     │         (resolve: any thread, once)
///      └──────▶ done ◀───────┘
///
/// What was stored before `done` is visible to whoever has seen `done`.
class pending_reply {
 public:
  explicit pending_reply(std::shared_ptr<actor_system> asker) : asker_{std::move(asker)} {}
  virtual ~pending_reply();
  pending_reply(const pending_reply&) = delete;
  pending_reply& operator=(const pending_reply&) = delete;

  bool done() const { return state_.load(std::memory_order_acquire) == state::done; }
  actor_system& asker() const { return *asker_; }

  void fail(failure why);
  /// The message with the number of the question and the encoded value, from another process.
  void accept(payload&& body);
  /// The process of whoever was asked has ended.
  virtual void process_ended(const process_exit& exit);

  /// Has `note` run by an actor as soon as there is an answer. False, with nothing done, when it is there already.
  /// At most once.
  bool when_done(std::shared_ptr<actor_host> by, std::unique_ptr<host_job> note);

  /// Nobody waits any more: what was to be run then goes at once, with all that it holds, and an answer is ignored.
  /// Called by whoever called `when_done`, or would have. False when the answer is there, or is just being stored.
  bool abandon();

  /// Waits. False at the deadline. Any thread.
  bool wait(steady_time deadline) const;
  /// A deadline has passed.
  void note_given_up() const { note_fate(question_fate::given_up); }

  /// What becomes of it, from now on. Before it is sent, by whoever asks.
  std::shared_ptr<const std::atomic<question_fate>> followed();

 protected:
  /// It was abandoned before there was an answer.
  virtual void taken_back() {}
  /// There is one from another process now, for which nobody waits. The thread that polls.
  virtual void came_late(payload&& /*body*/) {}

  /// True for the first. It then stores the answer and calls `resolved`.
  bool claim() { return !claimed_.exchange(true, std::memory_order_acq_rel); }
  void resolved();
  void store(failure why) { why_.emplace(std::move(why)); }

  /// REQUIRES: done().
  void check() const {
    if (why_)
      why_->rethrow();
  }

  payload body_; // of an answer from another process, unless why_

 private:
  enum class state : std::uint8_t { waiting, awaited, done };

  void note_fate(question_fate fate) const;

  std::shared_ptr<actor_system> asker_;
  std::atomic<bool> claimed_{false};
  std::atomic<state> state_{state::waiting};
  std::optional<failure> why_;
  std::shared_ptr<std::atomic<question_fate>> fate_; // null: of no interest to anybody
  std::shared_ptr<actor_host> awaiting_; // with note_: written before `awaited`, taken by whoever resolves
  std::unique_ptr<host_job> note_;
};

/// The same for an answer of type R.
template <class R>
class pending_value : public pending_reply {
 public:
  using pending_reply::pending_reply;

  void set(R&& value) {
    if (!claim())
      return;
    try {
      value_.emplace(std::move(value));
    } catch (...) { // moving it failed: that is the answer then
      store(failure{std::current_exception()});
    }
    resolved();
  }

  /// REQUIRES: done(), called once.
  R take() {
    check();
    if (value_)
      return std::move(*value_);
    byte_reader in{body_.bytes()};
    in.take(sizeof(std::uint64_t)); // the number of the question
    return decode<R>(in);
  }

 private:
  std::optional<R> value_; // of an answer from this process
};

template <>
class pending_value<void> : public pending_reply {
 public:
  using pending_reply::pending_reply;
  void set() {
    if (claim())
      resolved();
  }
  void take() const { check(); }
};

} // namespace troupe::detail
