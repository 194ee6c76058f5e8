// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "actor/node_state.hpp"

#include <troupe/actor_info.hpp>

#include <vector>

namespace troupe::detail {

/// All actors of a runtime, as each of its processes sees its own; of a process that has not answered by the deadline,
/// one record that says so. Supervisor only. Threads: any; waits, but for no child longer than that.
std::vector<actor_info> roll_call(node::state& here, steady_time deadline);

} // namespace troupe::detail
