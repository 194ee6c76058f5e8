// SPDX-License-Identifier: BSD-3-Clause
//
// A second process for peers that have no way of their own to start one.

#pragma once

#include "report.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace bench {

/// A copy of this process that runs `body`; killed by the destructor. Make it before anything that has threads.
class second_process {
 public:
  template <class Body>
  explicit second_process(Body body) : pid_{fork()} {
    require(pid_ >= 0, "fork");
    if (pid_ == 0)
      _exit(ends_well(body) ? 0 : 1);
  }
  ~second_process() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  second_process(const second_process&) = delete;
  second_process& operator=(const second_process&) = delete;

 private:
  template <class Body>
  static bool ends_well(Body& body) {
    try {
      body();
      return true;
    } catch (const std::exception& error) {
      std::fprintf(stderr, "second process: %s\n", error.what());
      return false;
    }
  }

  pid_t pid_;
};

} // namespace bench
