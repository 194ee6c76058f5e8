// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/runtime.hpp>

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <string>

namespace troupe {

namespace {

std::optional<double> first_number(const char* path) {
  std::ifstream file{path};
  double value = 0;
  if (file >> value)
    return value;
  return std::nullopt;
}

// CPUs the cgroup grants, version 2 ("max 100000" or "150000 100000") or version 1.
std::optional<double> cgroup_quota() {
  std::ifstream v2{"/sys/fs/cgroup/cpu.max"};
  double quota = 0;
  double period = 0;
  if (v2 >> quota >> period && period > 0)
    return quota / period;
  const auto v1_quota = first_number("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  const auto v1_period = first_number("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  if (v1_quota && *v1_quota > 0 && v1_period && *v1_period > 0)
    return *v1_quota / *v1_period;
  return std::nullopt;
}

unsigned count_cpus() {
  unsigned count = 1;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0)
    count = static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
  if (auto quota = cgroup_quota())
    count = std::clamp(static_cast<unsigned>(std::ceil(*quota)), 1U, count);
  return count;
}

} // namespace

unsigned cpu_count() { return count_cpus(); }

} // namespace troupe
