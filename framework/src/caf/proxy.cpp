// SPDX-License-Identifier: BSD-3-Clause
#include "caf/proxy.hpp"

#include "caf/box.hpp"

#include <caf/mailbox_element.hpp>

namespace troupe::detail {

proxy::proxy(caf::actor_config& config, actor_number number, std::shared_ptr<link> way)
    : caf::actor_proxy{config}, number_{number}, link_{std::move(way)} {}

void proxy::enqueue(caf::mailbox_element_ptr message, caf::execution_unit*) {
  auto& content = message->content();
  if (!content.match_element<box>(0))
    return; // CAF's own messages (links, exits) end here: a process's end is ours to observe
  auto& boxed = content.get_mutable_as<box>(0).content;
  link_->send(number_, boxed.tag,
              [&](byte_writer& w) { w.put(boxed.body.bytes().data(), boxed.body.bytes().size()); });
  link_->ring_peer();
}

void proxy::kill_proxy(caf::execution_unit* context, caf::error reason) {
  cleanup(std::move(reason), context);
}

} // namespace troupe::detail
