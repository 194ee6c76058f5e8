// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/node.hpp>

namespace troupe::detail {

class actor_environment;

/// When this thread begins and ends to run an actor's jobs.
///
/// A scheduler thread that goes from one actor to the next reads the clock once, not twice: the end of the one is the
/// beginning of the other. A reading costs 20 to 40 ns, a hop between two actors of one thread some 500.
class batch_clock {
 public:
  static steady_time begin(const actor_environment& world);
  static steady_time end(const actor_environment& world);

  /// The scheduler's thread has done one job, whatever it was, and looks for the next at once. What else it
  /// does in between must not be counted as an actor's: without this call, the clock is read afresh.
  static void job_done();
};

} // namespace troupe::detail
