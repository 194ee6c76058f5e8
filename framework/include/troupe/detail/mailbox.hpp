// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/bytes.hpp>
#include <troupe/detail/envelope.hpp>
#include <troupe/detail/function_ref.hpp>
#include <troupe/detail/process_exit.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace troupe::detail {

/// Where messages for one actor are put, here or in another process. Implemented by the actor seam.
class mailbox_target {
 public:
  virtual ~mailbox_target() = default;
  virtual void deliver(envelope&& message) = 0;
  virtual void write(std::uint32_t tag, function_ref<void(byte_writer&)> encode) = 0;
  virtual void flush() = 0;
  virtual std::size_t backlog() const = 0;
  /// How often that has become zero.
  virtual std::uint32_t clearances() const { return 0; }
  virtual process_id process() const = 0;
  /// Its process has ended: nothing that is sent will arrive.
  virtual bool gone() const = 0;
};

/// A reference to an untyped actor: what typed references and ready-made actors are built on.
/// Weak: holding one keeps no process alive. Messages to an actor that is gone are dropped; monitor
/// it to learn of its end. Threads: any, none of the calls blocks.
class mailbox_ref {
 public:
  mailbox_ref() = default;
  explicit mailbox_ref(std::shared_ptr<mailbox_target> target) : target_{std::move(target)} {}

  explicit operator bool() const { return target_ != nullptr; }
  process_id process() const { return target_->process(); }
  bool gone() const { return target_->gone(); }

  /// Puts a message into the mailbox. `local` objects do not cross processes. A thread that does not run or
  /// deliver anything itself uses `node::tell`, which also sees to it that a bounded actor runs.
  void tell(envelope&& message) const { target_->deliver(std::move(message)); }

  /// Encodes a message straight to where it travels. What `encode` throws leaves nothing sent.
  /// Several may be written before one `flush`.
  void write(std::uint32_t tag, function_ref<void(byte_writer&)> encode) const {
    target_->write(tag, encode);
  }
  void flush() const { target_->flush(); }

  /// Messages that wait in this process, because the way there is full.
  std::size_t backlog() const { return target_->backlog(); }
  bool congested() const { return backlog() != 0; }
  std::uint32_t clearances() const { return target_->clearances(); }

  const std::shared_ptr<mailbox_target>& target() const { return target_; }

 private:
  std::shared_ptr<mailbox_target> target_;
};

/// Tag of the message that tells of a monitored process's end; `local` is a `process_down`.
inline constexpr std::uint32_t down_tag = 0xffff'ffff;

struct process_down final : local_message {
  process_id process = 0;
  std::shared_ptr<const process_exit> exit;
};

/// What a handler may do with the actor it runs in.
class actor_context {
 public:
  virtual ~actor_context() = default;
  /// Asks for a `down_tag` message when the process of `other` ends; at once if it has ended.
  virtual void monitor(const mailbox_ref& other) = 0;
  /// Has `receive` called once more, when others have had their turn.
  virtual void again() = 0;
  /// Ends the actor after the current message.
  virtual void quit() = 0;
};

/// The behaviour of an untyped actor. One message at a time; never two threads at once.
class message_handler {
 public:
  virtual ~message_handler() = default;
  virtual void started(actor_context&) {}
  virtual void receive(envelope& message) = 0;
  /// The mailbox has run empty for now: the place to send what was collected.
  virtual void batch_done() {}
};

/// Who may run a handler.
enum class handler_kind {
  user,    // the scheduler's threads only: it may take any time
  bounded, // also a thread that delivers or waits: short, never blocks, runs no user code that may
};

} // namespace troupe::detail
