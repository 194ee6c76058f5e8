// SPDX-License-Identifier: BSD-3-Clause
#include "caf/cell.hpp"

#include "caf/box.hpp"
#include "caf/targets.hpp"
#include "caf/tsan.hpp"

#include <caf/mailbox_element.hpp>

#include <exception>
#include <iostream>

namespace troupe::detail {

namespace {

// Senders that never pause must not keep what a batch has brought from being acted upon.
constexpr unsigned longest_batch = 256;

} // namespace

cell::cell(caf::actor_config& config, std::unique_ptr<message_handler> handler, handler_kind kind)
    : caf::event_based_actor{config}, handler_{std::move(handler)}, kind_{kind} {}

cell::~cell() { take_over_from_last(this); } // from whoever ran it and gave its reference back before us

void cell::enqueue(caf::mailbox_element_ptr message, caf::execution_unit* context) {
  hand_over_to_next(this);
  caf::event_based_actor::enqueue(std::move(message), context);
}

caf::resumable::resume_result cell::resume(caf::execution_unit* context, size_t max_messages) {
  take_over_from_last(this);
  return caf::event_based_actor::resume(context, max_messages);
}

caf::invoke_message_result cell::consume(caf::mailbox_element& message) {
  take_over_from_last(this); // for messages that came since the actor was resumed
  return caf::event_based_actor::consume(message);
}

caf::behavior cell::make_behavior() {
  take_over_from_last(this);
  set_down_handler([this](caf::down_msg& message) { handle_down(message); });
  handler_->started(*this);
  return {[this](box& b) { handle(b.content); }};
}

void cell::handle(envelope& message) {
  try {
    handler_->receive(message);
    if (++in_batch_ == longest_batch || !peek_at_next_mailbox_element()) {
      in_batch_ = 0;
      handler_->batch_done();
    }
  } catch (const std::exception& e) {
    // The actor's own failure: it ends, its process and its senders do not.
    std::cerr << "troupe: an actor ended with an exception: " << e.what() << '\n';
    caf::event_based_actor::quit(caf::exit_reason::unhandled_exception);
  }
  hand_over_to_next(this);
}

void cell::handle_down(caf::down_msg& message) {
  const auto found = monitored_.find(message.source.id());
  if (found == monitored_.end())
    return;
  auto down = std::make_unique<process_down>();
  down->process = found->second->process();
  down->exit = found->second->exit();
  monitored_.erase(found);
  envelope note;
  note.tag = down_tag;
  note.from = down->process;
  note.local = std::move(down);
  handle(note);
}

void cell::monitor(const mailbox_ref& other) {
  auto* remote = dynamic_cast<remote_target*>(other.target().get());
  if (!remote)
    return;
  // Kept here, until it is told: nobody knows how many other ends come before this actor runs again.
  monitored_.emplace(remote->proxy()->id(), remote->end());
  caf::event_based_actor::monitor(remote->proxy());
}

void cell::again() {
  enqueue(caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, box{envelope{}}),
          caf::event_based_actor::context());
}

void cell::quit() { caf::event_based_actor::quit(); }

} // namespace troupe::detail
