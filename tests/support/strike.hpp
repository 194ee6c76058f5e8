// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "support/leftovers.hpp"
#include "support/within.hpp"

#include <troupe/troupe.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <system_error>

namespace test_support {

/// Sends a signal to a worker. A place that is being filled again has none: pid 0 would be our own group.
inline void strike(const troupe::worker_info& worker, int signal) {
  if (worker.pid > 0)
    ::kill(worker.pid, signal);
}

/// Stops a process, and waits until none of its threads runs any more: one of them takes the signal, and the others may
/// do a good deal before it has told them. False when one still runs after 10 s.
[[nodiscard]] inline bool stop_whole_process(pid_t pid) {
  using std::filesystem::directory_iterator;
  ::kill(pid, SIGSTOP);
  return eventually(std::chrono::seconds{10}, [&] {
    std::error_code gone; // killed meanwhile: it does not run either
    return std::ranges::all_of(directory_iterator{"/proc/" + std::to_string(pid) + "/task", gone},
                               [](const auto& thread) { return state_in(thread.path()) == "T"; });
  });
}

} // namespace test_support
