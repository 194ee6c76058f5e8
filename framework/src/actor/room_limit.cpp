// SPDX-License-Identifier: BSD-3-Clause
#include "actor/room_limit.hpp"

#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/endpoint.hpp>
#include <troupe/forever.hpp>

#include <algorithm>
#include <utility>

namespace troupe::detail {

namespace {

thread_local steady_time latest = forever_from_now;

} // namespace

room_limit::room_limit(const endpoint& to, std::chrono::nanoseconds longest) : before_{latest} {
  latest = longest == forever ? forever_from_now : deadline_after(longest, to.system()->now());
}
room_limit::~room_limit() { latest = before_; }

no_room_limit::no_room_limit() : before_{std::exchange(latest, forever_from_now)} {}
no_room_limit::~no_room_limit() { latest = before_; }

steady_time latest_for_room(steady_time now, std::chrono::nanoseconds longest) {
  return std::min(now + longest, latest);
}

} // namespace troupe::detail
