// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/troupe.hpp>

#include <csignal>

namespace test_support {

/// Sends a signal to a worker. A place that is being filled again has none: pid 0 would be our own group.
inline void strike(const troupe::worker_info& worker, int signal) {
  if (worker.pid > 0)
    ::kill(worker.pid, signal);
}

} // namespace test_support
