// SPDX-License-Identifier: BSD-3-Clause
#include "runtime/cpu_quota.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>

namespace {

namespace fs = std::filesystem;

/// A directory of its own, in place of /sys/fs/cgroup, that goes with it.
class mounted_groups {
 public:
  explicit mounted_groups(const std::map<std::string, std::string>& files) {
    std::string name = fs::temp_directory_path() / "cpu_quota.XXXXXX";
    REQUIRE(::mkdtemp(name.data()));
    root_ = name;
    for (const auto& [file, content] : files) {
      fs::create_directories((root_ / file).parent_path());
      std::ofstream{root_ / file} << content << '\n';
    }
  }
  ~mounted_groups() { fs::remove_all(root_); }
  mounted_groups(const mounted_groups&) = delete;
  mounted_groups& operator=(const mounted_groups&) = delete;

  std::optional<double> quota(const std::string& own_groups) const {
    std::istringstream in{own_groups};
    return troupe::detail::cpu_quota(in, root_);
  }

 private:
  fs::path root_;
};

struct row {
  const char* what;
  std::map<std::string, std::string> files;
  const char* own_groups;
  std::optional<double> quota;
};

const row rows[] = {
    {"no cgroups", {}, "", {}},
    {"2: no quota", {{"a/cpu.max", "max 100000"}}, "0::/a\n", {}},
    {"2: its own", {{"a/b/cpu.max", "150000 100000"}}, "0::/a/b\n", 1.5},
    {"2: one above", {{"a/cpu.max", "50000 100000"}, {"a/b/cpu.max", "max 100000"}}, "0::/a/b\n", 0.5},
    {"2: the least", {{"a/cpu.max", "300000 100000"}, {"a/b/cpu.max", "200000 100000"}}, "0::/a/b\n", 2.0},
    {"2: another's", {{"a/cpu.max", "50000 100000"}}, "0::/b\n", {}},
    {"2: the mount is a container's", {{"cpu.max", "100000 50000"}}, "0::/docker/0123\n", 2.0},
    {"2: outside of what is mounted", {{"a/cpu.max", "50000 100000"}}, "0::/../a\n", {}},
    {"2: a colon in a name", {{"a:b/cpu.max", "50000 100000"}}, "0::/a:b\n", 0.5},
    {"1: no quota",
     {{"cpu/a/cpu.cfs_quota_us", "-1"}, {"cpu/a/cpu.cfs_period_us", "100000"}},
     "3:cpu,cpuacct:/a\n",
     {}},
    {"1: its own, among other controllers",
     {{"cpu/a/cpu.cfs_quota_us", "250000"}, {"cpu/a/cpu.cfs_period_us", "100000"}},
     "4:memory:/b\n3:cpuacct,cpu:/a\n0::/c\n",
     2.5},
    {"1: one with cpu in its name only",
     {{"cpu/a/cpu.cfs_quota_us", "250000"}, {"cpu/a/cpu.cfs_period_us", "100000"}},
     "3:cpuset,cpuacct:/a\n",
     {}},
    {"1: the mount is a container's",
     {{"cpu/cpu.cfs_quota_us", "100000"}, {"cpu/cpu.cfs_period_us", "100000"}},
     "1:cpu:/docker/0123\n",
     1.0},
    {"nonsense", {{"cpu.max", "lots"}}, "what\n0:\n::\n0::\n", {}},
};

} // namespace

TEST_CASE("the CPU quota of a process is the least of its cgroups and those above them") {
  for (const auto& r : rows) {
    CAPTURE(r.what);
    CHECK(mounted_groups{r.files}.quota(r.own_groups) == r.quota);
  }
}
