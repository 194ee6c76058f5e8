// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace troupe::detail {

/// Starts the thread of a child that never runs user code, takes no lock and allocates nothing:
/// it beats, and it watches the lifeline. When the supervisor is gone, however it went and whatever this
/// process is doing, the process and all it has started are killed. Errors: spawn_error.
void start_control_thread(int lifeline, std::atomic<std::uint64_t>& heartbeat,
                          std::chrono::milliseconds interval);

} // namespace troupe::detail
