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
    } // before the mutex, which the end of the last use may take
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
  /// The other process has ended: lets go of the link, whoever still holds the way, or leaves that to the last of those
  /// who are sending: they may be within a function that saves an argument.
  void close();
  std::shared_ptr<link> opened() const;

 private:
  /// Keeps the link while it is used without the mutex. Of the last use and `close`, one sees the other.
  struct use {
    explicit use(const peer_way& w) : of{w} {
      of.users_.fetch_add(1, std::memory_order_seq_cst);
      way = of.open_.load(std::memory_order_seq_cst);
    }
    ~use() {
      if (of.users_.fetch_sub(1, std::memory_order_seq_cst) == 1 &&
          of.closed_.load(std::memory_order_seq_cst))
        of.let_go_of_link();
    }
    use(const use&) = delete;
    use& operator=(const use&) = delete;

    const peer_way& of;
    link* way;
  };
  struct waiting_message {
    actor_number target;
    std::uint32_t tag;
    std::vector<std::byte> bytes;
  };

  std::size_t waiting_messages() const;
  void let_go_of_link() const;

  std::atomic<link*> open_{nullptr}; // link_.get(), set last
  mutable std::atomic<int> users_{0};
  std::atomic<bool> closed_{false};
  mutable std::mutex mutex_; // guards what follows
  mutable std::shared_ptr<link> link_;
  std::vector<waiting_message> waiting_;
};

} // namespace troupe::detail
