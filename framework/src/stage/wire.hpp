// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "stage/seeded_random.hpp"

#include <troupe/detail/envelope.hpp>
#include <troupe/detail/node.hpp>
#include <troupe/detail/process_exit.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

namespace troupe::detail {

/// What travels from one simulated process to another: a message, or the news that the sender has ended.
struct parcel {
  actor_number target = 0;
  std::uint32_t tag = 0;
  payload body{};
  std::shared_ptr<const process_exit> end{}; // null: a message
  steady_time due{};                         // set by the wire
};

/// How long a message takes: something between the two, drawn for each.
struct latency {
  std::chrono::nanoseconds shortest{0};
  std::chrono::nanoseconds longest{0};
};

/// One direction of the link between two simulated processes. Parcels arrive in the order in which they were sent,
/// whatever their latencies. While it is cut none does, but the news of an end.
class wire {
 public:
  void send(parcel&& what, steady_time now, seeded_random& random);
  /// The sender has ended: of what it had sent the last `lost` messages will not arrive, nor anything that a cut
  /// wire holds. The news follows the rest.
  void sender_ended(std::size_t lost, std::shared_ptr<const process_exit> end, steady_time now);

  /// When its next parcel arrives; never, when there is none that may.
  steady_time next_due() const;
  /// REQUIRES: there is one.
  parcel take();
  /// What was just taken.
  void put_back(parcel&& what) { parcels_.push_front(std::move(what)); }
  std::size_t waiting() const { return parcels_.size(); }

  void cut();
  void heal() { cut_ = false; }
  bool is_cut() const { return cut_; }
  void delay(latency takes) { takes_ = takes; }

 private:
  std::deque<parcel> parcels_;
  latency takes_;
  bool cut_ = false;
};

} // namespace troupe::detail
