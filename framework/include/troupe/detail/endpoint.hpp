// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_id.hpp>
#include <troupe/detail/mailbox.hpp>
#include <troupe/detail/send_credit.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace troupe::detail {

class actor_host;
class actor_system;
class seat;

/// One actor as this process reaches it: its host, when it lives here, the way to its process, or, when it is
/// supervised, its seat. None of these, when it had ended before it was first looked for. Immutable but for the flag;
/// any thread.
class endpoint {
 public:
  endpoint(actor_id id, std::shared_ptr<actor_system> system, std::shared_ptr<actor_host> host,
           mailbox_ref way, std::shared_ptr<send_credit> credit)
      : id_{id},
        system_{std::move(system)},
        host_{std::move(host)},
        way_{std::move(way)},
        credit_{std::move(credit)} {}
  endpoint(actor_id id, std::shared_ptr<actor_system> system, std::shared_ptr<seat> place)
      : id_{id}, system_{std::move(system)}, place_{std::move(place)} {}

  actor_id id() const { return id_; }
  const std::shared_ptr<actor_system>& system() const { return system_; }
  const std::shared_ptr<actor_host>& host() const { return host_; }
  /// What is written there needs no flush: it wakes its receiver.
  const mailbox_ref& way() const { return way_; }
  const std::shared_ptr<seat>& place() const { return place_; }

  /// Its mailbox, in another process, is full: it has asked to be sent nothing for now. Relaxed: the messages that it
  /// stops may be a few more or less.
  void set_full(bool full) { full_.store(full, std::memory_order_relaxed); }
  /// For a small mailbox that blocks, in another process; otherwise null.
  const std::shared_ptr<send_credit>& credit() const { return credit_; }
  bool full() const { return full_.load(std::memory_order_relaxed) || (credit_ && credit_->used_up()); }
  /// Whoever sends to it is to call `actor_system::wait_for_room`, or `let_in`, first.
  bool holds_back() const { return full() || way_.congested(); }

 private:
  actor_id id_;
  std::shared_ptr<actor_system> system_;
  std::shared_ptr<actor_host> host_;
  mailbox_ref way_;
  std::shared_ptr<seat> place_;
  const std::shared_ptr<send_credit> credit_;
  std::atomic<bool> full_{false}; // written by the thread on polling duty
};

/// A shared reference to one that somebody holds: a message that waits for a supervised actor keeps the way to it,
/// or would be lost with the last reference.
std::shared_ptr<endpoint> kept(const endpoint& there);

} // namespace troupe::detail
