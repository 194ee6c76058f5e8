// SPDX-License-Identifier: BSD-3-Clause
//
// The memory that a program has taken so far.

#pragma once

#include "report.hpp"

#include <fstream>

#include <unistd.h>

namespace bench {

/// Pages of this process that are in memory.
inline double resident_bytes() {
  std::ifstream statm{"/proc/self/statm"};
  double all = 0;
  double resident = 0;
  statm >> all >> resident;
  require(resident > 0, "/proc/self/statm");
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

} // namespace bench
