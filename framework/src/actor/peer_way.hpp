// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/link.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace troupe::detail {

/// The way to another process: a link, or, until the supervisor has introduced the two, the messages that wait for
/// one. Any thread.
///
///   waiting ──open──▶ open ──close──▶ closed
///      └─────────────close──────────────┘
class peer_way {
 public:
  /// Messages wait.
  peer_way() = default;

  /// Sends, and wakes the other process if it sleeps.
  void send(actor_number target, std::uint32_t tag, encode_ref encode);
  bool congested() const { return backlog() != 0; }
  /// Messages that wait in this process; while they wait for an introduction, one more.
  std::size_t backlog() const {
    {
      const use now{*this};
      if (now.way)
        return now.way->backlog();
    } // before the mutex, with which `close` waits for all uses
    return waiting_messages() + 1;
  }
  /// How often there was no message left that waits; while they wait for an introduction, never.
  std::uint32_t clearances() const {
    const use now{*this};
    return now.way ? now.way->clearances() : 0;
  }
  /// Nothing that is sent will arrive.
  bool gone() const {
    if (closed_.load(std::memory_order_acquire))
      return true;
    const use now{*this};
    return now.way && now.way->peer_gone();
  }

  /// Sends what has waited; later messages go straight. Once.
  void open(std::shared_ptr<link> way);
  /// The other process has ended: lets go of the link, whoever still holds the way. Waits for those who send.
  void close();
  std::shared_ptr<link> opened() const;

 private:
  /// Keeps the link while it is used without the mutex: `close` waits for all uses that may have seen it.
  struct use {
    explicit use(const peer_way& w) : users{w.users_} {
      users.fetch_add(1, std::memory_order_seq_cst);
      way = w.open_.load(std::memory_order_seq_cst);
    }
    ~use() { users.fetch_sub(1, std::memory_order_release); }
    use(const use&) = delete;
    use& operator=(const use&) = delete;

    std::atomic<int>& users;
    link* way;
  };
  struct waiting_message {
    actor_number target;
    std::uint32_t tag;
    std::vector<std::byte> bytes;
  };

  std::size_t waiting_messages() const;

  std::atomic<link*> open_{nullptr}; // link_.get(), set last
  mutable std::atomic<int> users_{0};
  std::atomic<bool> closed_{false};
  mutable std::mutex mutex_; // guards what follows
  std::shared_ptr<link> link_;
  std::vector<waiting_message> waiting_;
};

} // namespace troupe::detail
