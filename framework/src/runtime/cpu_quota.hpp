// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>

namespace troupe::detail {

/// CPUs that a process may use at a time by the quotas of its cgroups: the least of those of its own groups and of all
/// above them. Empty: no quota.
///
/// `own_groups`: what its /proc/self/cgroup says. `root`: where cgroups are mounted, of version 2 or, in `root`/cpu, 1.
/// Source: cgroups(7), Documentation/admin-guide/cgroup-v2.rst and scheduler/sched-bwc.rst of Linux.
std::optional<double> cpu_quota(std::istream& own_groups, const std::filesystem::path& root);

} // namespace troupe::detail
