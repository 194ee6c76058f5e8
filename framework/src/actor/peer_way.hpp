// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/link.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace troupe::detail {

/// The way to another process: a link, or, until the supervisor has introduced the two, the messages that wait for
/// one. Any thread.
///
///   waiting ──open──▶ open ──(the link's peer has ended)
///      └─────close──▶ closed
class peer_way {
 public:
  /// Messages wait.
  peer_way() = default;
  explicit peer_way(std::shared_ptr<link> way) { open(std::move(way)); }

  void send(actor_number target, std::uint32_t tag, encode_ref encode);
  void ring() {
    if (auto* l = open_.load(std::memory_order_acquire))
      l->ring_peer();
  }
  bool congested() const {
    const auto* l = open_.load(std::memory_order_acquire);
    return !l || l->congested();
  }
  /// Nothing that is sent will arrive.
  bool gone() const {
    const auto* l = open_.load(std::memory_order_acquire);
    return l ? l->peer_gone() : closed_.load(std::memory_order_acquire);
  }

  /// Sends what has waited; later messages go straight. Once.
  void open(std::shared_ptr<link> way);
  /// There will be no link: the other process has ended.
  void close();
  std::shared_ptr<link> opened() const;

 private:
  struct waiting_message {
    actor_number target;
    std::uint32_t tag;
    std::vector<std::byte> bytes;
  };

  std::atomic<link*> open_{nullptr}; // link_.get(), set last
  std::atomic<bool> closed_{false};
  mutable std::mutex mutex_; // guards what follows
  std::shared_ptr<link> link_;
  std::vector<waiting_message> waiting_;
};

} // namespace troupe::detail
