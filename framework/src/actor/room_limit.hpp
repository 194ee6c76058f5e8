// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/room_limit.hpp>

namespace troupe::detail {

/// When a sender that begins to wait for room now gives up: after `longest`, or when a `room_limit` of this thread says.
steady_time latest_for_room(steady_time now, std::chrono::nanoseconds longest = std::chrono::seconds{30});

/// For whoever runs other actors in the middle of somebody's wait: the limit of that one is none of theirs.
class no_room_limit {
 public:
  no_room_limit();
  ~no_room_limit();
  no_room_limit(const no_room_limit&) = delete;
  no_room_limit& operator=(const no_room_limit&) = delete;

 private:
  steady_time before_;
};

} // namespace troupe::detail
