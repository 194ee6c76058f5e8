// SPDX-License-Identifier: BSD-3-Clause
//
// The processor time that a runtime with four workers takes while there is nothing to do, in
// percent of one core. Counted: this process and everything that descends from it.

#include "bench.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <ranges>
#include <thread>

#include <unistd.h>

int square(int x) { return x * x; }

// Field 4 of /proc/PID/stat; the name, field 2, may contain blanks and brackets.
pid_t parent_of(pid_t pid) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
  std::string stat;
  std::getline(file, stat);
  const std::size_t name_end = stat.rfind(')');
  return name_end == std::string::npos ? 0 : std::atoi(stat.c_str() + name_end + 4);
}

bool descends_from(pid_t pid, pid_t ancestor) {
  while (pid > 1 && pid != ancestor)
    pid = parent_of(pid);
  return pid == ancestor;
}

std::vector<pid_t> runtime_processes(const troupe::pool& pool) {
  std::vector<pid_t> found{getpid()};
  for (const troupe::worker_info& worker : pool.workers())
    found.push_back(worker.pid);
  for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid > 0 && descends_from(pid, getpid()))
      found.push_back(pid);
  }
  std::ranges::sort(found);
  found.erase(std::ranges::unique(found).begin(), found.end());
  return found;
}

// To the nanosecond; utime and stime in /proc count hundredths of a second.
double cpu_seconds(const std::vector<pid_t>& pids) {
  double sum = 0;
  for (pid_t pid : pids) {
    clockid_t clock{};
    timespec used{};
    bench::require(clock_getcpuclockid(pid, &clock) == 0 && clock_gettime(clock, &used) == 0,
                   "a process ended while idle");
    sum += static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
  }
  return sum;
}

int main(int argc, char** argv) {
  return bench::run(
      argc, argv, {"idle_runtime_cpu", "% of a core", 5'000}, [](troupe::runtime& rt, long milliseconds) {
        troupe::pool pool{rt, {.processes = 4}};
        const auto numbers = std::views::iota(0, 1000);
        bench::require(pool.map(square, numbers).back() == 999 * 999, "map before");
        std::this_thread::sleep_for(std::chrono::milliseconds{300}); // sleep: let everyone come to rest

        const std::vector<pid_t> pids = runtime_processes(pool);
        const double before = cpu_seconds(pids);
        const auto start = bench::clock::now();
        std::this_thread::sleep_for(std::chrono::milliseconds{milliseconds}); // sleep: this is measured
        const double seconds = bench::seconds_since(start);
        const double used = cpu_seconds(pids) - before;

        bench::require(pids == runtime_processes(pool), "the same processes before and after");
        bench::require(pool.map(square, numbers).back() == 999 * 999, "map after");
        return bench::result{100 * used / seconds, {{"processes", static_cast<double>(pids.size())}}};
      });
}
