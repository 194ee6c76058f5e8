// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/runtime.hpp>

#include "runtime/cpu_quota.hpp"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace troupe {

unsigned cpu_count() {
  unsigned count = 1;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0)
    count = static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
  std::ifstream own_groups{"/proc/self/cgroup"};
  if (const auto quota = detail::cpu_quota(own_groups, "/sys/fs/cgroup"))
    count = std::clamp(static_cast<unsigned>(std::ceil(*quota)), 1U, count);
  return count;
}

} // namespace troupe
