// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "process/fork_protocol.hpp"

namespace troupe::detail {

/// The life of a child process: joins the runtime, waits for its entry, runs it, ends. Never returns.
[[noreturn]] void child_main(child_start&& start);

} // namespace troupe::detail
