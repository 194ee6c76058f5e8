// SPDX-License-Identifier: BSD-3-Clause
#include "caf/targets.hpp"

#include "caf/box.hpp"
#include "caf/execution.hpp"

#include <caf/mailbox_element.hpp>

namespace troupe::detail {

namespace {

void enqueue(caf::actor_system& sys, const caf::strong_actor_ptr& to, envelope&& message) {
  to->get()->enqueue(caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, box{std::move(message)}),
                     &unit::current(sys));
}

} // namespace

void local_target::deliver(envelope&& message) { enqueue(system_, cell_, std::move(message)); }

void local_target::write(std::uint32_t tag, function_ref<void(byte_writer&)> encode) {
  byte_buffer buffer;
  encode(buffer);
  envelope message;
  message.tag = tag;
  message.body = payload{buffer.view()};
  deliver(std::move(message));
}

void remote_target::deliver(envelope&& message) { enqueue(system_, proxy_, std::move(message)); }

} // namespace troupe::detail
