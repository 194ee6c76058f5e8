// SPDX-License-Identifier: BSD-3-Clause
#include "actor/batch_clock.hpp"

#include "actor/actor_environment.hpp"

#include <utility>

namespace troupe::detail {

namespace {

// Zero: none.
thread_local steady_time ended{}; // the batch that the current job was
thread_local steady_time next{};  // where the next one begins

} // namespace

steady_time batch_clock::begin(const actor_environment& world) {
  ended = {};
  const auto known = std::exchange(next, {});
  return known != steady_time{} ? known : world.now();
}

steady_time batch_clock::end(const actor_environment& world) { return ended = world.now(); }

void batch_clock::job_done() { next = std::exchange(ended, {}); }

} // namespace troupe::detail
