// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/link.hpp"

#include <caf/actor_proxy.hpp>

#include <memory>

namespace troupe::detail {

/// An actor of another process as an ordinary CAF actor of this one: what is enqueued here is written
/// to the link; when the process ends, the proxy ends, and with it CAF's monitors and links fire.
class proxy final : public caf::actor_proxy {
 public:
  proxy(caf::actor_config& config, actor_number number, std::shared_ptr<link> way);

  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* context) override;
  void kill_proxy(caf::execution_unit* context, caf::error reason) override;

 private:
  actor_number number_;
  std::shared_ptr<link> link_;
};

} // namespace troupe::detail
