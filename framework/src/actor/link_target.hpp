// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "actor/peer_way.hpp"

#include <troupe/detail/mailbox.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace troupe::detail {

/// An actor of another process, reached over the way to it. Unlike a CAF proxy it may outlive the runtime, as references
/// do; that the process has ended is told by the table of questions.
class link_target final : public mailbox_target {
 public:
  link_target(process_id process, actor_number number, std::shared_ptr<peer_way> way)
      : process_{process}, number_{number}, way_{std::move(way)} {}

  void deliver(envelope&& message) override {
    const auto bytes = message.body.bytes();
    write(message.tag, [&](byte_writer& w) { w.put(bytes.data(), bytes.size()); });
  }
  void write(std::uint32_t tag, function_ref<void(byte_writer&)> encode) override {
    way_->send(number_, tag, encode);
  }
  void flush() override {} // each message wakes its receiver
  std::size_t backlog() const override { return way_->backlog(); }
  std::uint32_t clearances() const override { return way_->clearances(); }
  process_id process() const override { return process_; }
  bool gone() const override { return way_->gone(); }

 private:
  process_id process_;
  actor_number number_;
  std::shared_ptr<peer_way> way_;
};

} // namespace troupe::detail
