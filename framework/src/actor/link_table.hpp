// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/link.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::detail {

/// What polling the links may find. Called by the thread on polling duty.
class link_events {
 public:
  virtual ~link_events() = default;
  virtual void on_message(process_id from, actor_number target, std::uint32_t tag, payload&& body) = 0;
  /// The peer has ended and everything it had sent was delivered. Told once; the link is forgotten.
  virtual void on_peer_ended(process_id peer) = 0;
  /// The peer sent garbage. Told once; the link is not read any more.
  virtual void on_link_broken(process_id peer, const std::string& reason) = 0;
};

/// The links of this process. `add`: any thread; the rest: the thread on polling duty.
class link_table {
 public:
  void add(process_id peer, std::shared_ptr<link> l);

  /// Delivers what has arrived and moves what waits. True when there was anything.
  bool poll(link_events& events);

  /// Something can be done: looked at once more before parking.
  bool has_input();

  /// Bytes of large payloads that went over these links so far; less when one of them has ended.
  std::uint64_t bulk_bytes() const;

 private:
  struct entry {
    process_id peer = 0;
    std::shared_ptr<link> way;
    bool broken = false;
  };

  void refresh();
  bool poll_entry(entry& e, link_events& events);

  std::mutex mutex_; // guards added_
  std::vector<entry> added_;
  std::atomic<bool> has_added_{false};
  std::vector<entry> entries_; // duty holder only
};

} // namespace troupe::detail
