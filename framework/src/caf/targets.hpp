// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/link.hpp"

#include <troupe/detail/mailbox.hpp>

#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>

#include <cstddef>
#include <memory>
#include <mutex>

namespace troupe::detail {

/// An actor of this process.
class local_target final : public mailbox_target {
 public:
  local_target(caf::actor_system& sys, caf::strong_actor_ptr cell) : system_{sys}, cell_{std::move(cell)} {}

  void deliver(envelope&& message) override;
  void write(std::uint32_t tag, function_ref<void(byte_writer&)> encode) override;
  void flush() override {}
  std::size_t backlog() const override { return 0; }
  process_id process() const override { return 0; }
  bool gone() const override { return false; }

 private:
  caf::actor_system& system_;
  caf::strong_actor_ptr cell_;
};

/// How a process ended; shared by all that refer to it. Threads: any.
class end_of_process {
 public:
  explicit end_of_process(process_id process) : process_{process} {}

  process_id process() const { return process_; }
  /// Empty while it lives. Set before its proxies end.
  std::shared_ptr<const process_exit> exit() const {
    std::lock_guard lock{mutex_};
    return exit_;
  }
  void note(std::shared_ptr<const process_exit> exit) {
    std::lock_guard lock{mutex_};
    exit_ = std::move(exit);
  }

 private:
  process_id process_;
  mutable std::mutex mutex_; // guards exit_
  std::shared_ptr<const process_exit> exit_;
};

/// An actor of another process. `write` skips the mailbox element that an enqueue to the proxy would
/// cost; what arrives is the same.
class remote_target final : public mailbox_target {
 public:
  remote_target(caf::actor_system& sys, caf::strong_actor_ptr proxy,
                std::shared_ptr<const end_of_process> end, actor_number number, std::shared_ptr<link> way)
      : system_{sys},
        proxy_{std::move(proxy)},
        end_{std::move(end)},
        number_{number},
        link_{std::move(way)} {}

  void deliver(envelope&& message) override;
  void write(std::uint32_t tag, function_ref<void(byte_writer&)> encode) override {
    link_->send(number_, tag, encode);
  }
  void flush() override { link_->ring_peer(); }
  std::size_t backlog() const override { return link_->backlog(); }
  process_id process() const override { return end_->process(); }
  bool gone() const override { return link_->peer_gone(); }
  const caf::strong_actor_ptr& proxy() const { return proxy_; }
  const std::shared_ptr<const end_of_process>& end() const { return end_; }

 private:
  caf::actor_system& system_;
  caf::strong_actor_ptr proxy_;
  std::shared_ptr<const end_of_process> end_;
  actor_number number_;
  std::shared_ptr<link> link_;
};

} // namespace troupe::detail
