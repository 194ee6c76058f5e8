// SPDX-License-Identifier: BSD-3-Clause
#include "runtime/cpu_quota.hpp"

#include <algorithm>
#include <fstream>
#include <istream>
#include <string>
#include <string_view>

namespace troupe::detail {

namespace {

using std::filesystem::path;

std::optional<double> first_number(const path& file) {
  std::ifstream in{file};
  double value = 0;
  if (in >> value)
    return value;
  return std::nullopt;
}

// Version 2: "max 100000" or "150000 100000". Version 1: two files, and -1 without a quota.
std::optional<double> quota_of_group(const path& group) {
  std::ifstream v2{group / "cpu.max"};
  double quota = 0;
  double period = 0;
  if (v2 >> quota >> period && period > 0)
    return quota / period;
  const auto v1_quota = first_number(group / "cpu.cfs_quota_us");
  const auto v1_period = first_number(group / "cpu.cfs_period_us");
  if (v1_quota && *v1_quota > 0 && v1_period && *v1_period > 0)
    return *v1_quota / *v1_period;
  return std::nullopt;
}

void lower(std::optional<double>& least, std::optional<double> quota) {
  if (quota)
    least = std::min(least.value_or(*quota), *quota);
}

bool names_cpu(std::string_view controllers) {
  while (!controllers.empty()) {
    const auto comma = std::min(controllers.find(','), controllers.size());
    if (controllers.substr(0, comma) == "cpu")
      return true;
    controllers.remove_prefix(std::min(comma + 1, controllers.size()));
  }
  return false;
}

// A line of /proc/self/cgroup, "number:controllers:/group": where that group is, below which mount.
struct own_group {
  path mount;
  path below;
};
std::optional<own_group> parse(const std::string& line, const path& root) {
  const auto first = line.find(':');
  const auto second = first == std::string::npos ? first : line.find(':', first + 1);
  if (second == std::string::npos)
    return std::nullopt;
  const auto controllers = std::string_view{line}.substr(first + 1, second - first - 1);
  if (!controllers.empty() && !names_cpu(controllers))
    return std::nullopt;
  return own_group{controllers.empty() ? root : root / "cpu", path{line.substr(second + 1)}.relative_path()};
}

} // namespace

std::optional<double> cpu_quota(std::istream& own_groups, const path& root) {
  // In a container the mounts themselves may be of its group, and the paths those of its host.
  auto least = quota_of_group(root);
  lower(least, quota_of_group(root / "cpu"));
  for (std::string line; std::getline(own_groups, line);) {
    const auto group = parse(line, root);
    if (!group || group->below.string().starts_with("..")) // outside of what is mounted
      continue;
    for (auto below = group->below; !below.empty(); below = below.parent_path())
      lower(least, quota_of_group(group->mount / below));
  }
  return least;
}

} // namespace troupe::detail
