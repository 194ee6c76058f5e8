// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/mailbox.hpp>

#include <caf/event_based_actor.hpp>

#include <memory>
#include <unordered_map>

namespace troupe::detail {

class end_of_process;

/// The CAF actor that runs one message_handler.
class cell final : public caf::event_based_actor, private actor_context {
 public:
  cell(caf::actor_config& config, std::unique_ptr<message_handler> handler, handler_kind kind);
  ~cell() override;

  handler_kind kind() const { return kind_; }
  const char* name() const override { return "troupe.cell"; }

  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* context) override;
  resume_result resume(caf::execution_unit* context, size_t max_messages) override;
  caf::invoke_message_result consume(caf::mailbox_element& message) override;

 protected:
  caf::behavior make_behavior() override;

 private:
  void monitor(const mailbox_ref& other) override;
  void again() override;
  void quit() override;
  void handle(envelope& message);
  void handle_down(caf::down_msg& message);

  std::unique_ptr<message_handler> handler_;
  handler_kind kind_;
  unsigned in_batch_ = 0; // messages received since the last end of one
  std::unordered_multimap<caf::actor_id, std::shared_ptr<const end_of_process>> monitored_; // by proxy
};

} // namespace troupe::detail
