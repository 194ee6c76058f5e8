// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/deadline.hpp>

#include <chrono>

namespace troupe::detail {

class endpoint;

/// While it lives, what this thread sends waits for room in a full mailbox no longer than until `longest` from its
/// making, by the clock of whoever it is for.
class room_limit {
 public:
  room_limit(const endpoint& to, std::chrono::nanoseconds longest);
  ~room_limit();
  room_limit(const room_limit&) = delete;
  room_limit& operator=(const room_limit&) = delete;

 private:
  steady_time before_;
};

} // namespace troupe::detail
