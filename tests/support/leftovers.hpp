// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

/// Proof of absence: what this process holds, to be compared before and after.

namespace test_support {

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf(); // sets a flag, and throws nothing, when the process goes meanwhile
  return text.str();
}

/// "R", "S", "T", "Z" of a process or of one thread, by its folder in /proc; empty when there is none such.
inline std::string state_in(const std::filesystem::path& folder) {
  const auto stat = text_of(folder / "stat");
  const auto name_end = stat.rfind(')');
  return name_end == std::string::npos ? "" : stat.substr(name_end + 2, 1);
}
inline std::string process_state(pid_t pid) { return state_in("/proc/" + std::to_string(pid)); }

/// No such process, or only what its parent has not collected yet.
inline bool is_gone(pid_t pid) {
  const auto state = process_state(pid);
  return state.empty() || state == "Z" || state == "X";
}

inline std::string process_name(pid_t pid) {
  const auto name = text_of("/proc/" + std::to_string(pid) + "/comm");
  return name.substr(0, name.find('\n'));
}

/// Children of a process, zombies included.
inline std::vector<pid_t> children_of(const std::string& process = "self") {
  std::vector<pid_t> all;
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator{"/proc/" + process + "/task", gone}) {
    std::ifstream file{task.path() / "children"};
    for (pid_t pid = 0; file >> pid;)
      all.push_back(pid);
  }
  return all;
}

/// The living processes from which workers are forked. They stay for the life of the program.
inline std::vector<pid_t> fork_servers(const std::string& process = "self") {
  auto all = children_of(process);
  std::erase_if(all, [](pid_t pid) { return process_name(pid) != "troupe-fork" || is_gone(pid); });
  return all;
}

inline std::size_t entries_of(const char* folder) {
  using std::filesystem::directory_iterator;
  return static_cast<std::size_t>(std::distance(directory_iterator{folder}, directory_iterator{}));
}

/// Of this process. The entries of /proc/self/task are too few while another thread, which was joined, just leaves them.
inline std::size_t thread_count() {
  std::ifstream status{"/proc/self/status"};
  for (std::string word; status >> word;)
    if (std::size_t count = 0; word == "Threads:" && status >> count)
      return count;
  return 0;
}

/// Resident memory of this process.
inline std::size_t resident_bytes() {
  std::ifstream file{"/proc/self/statm"};
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

struct leftovers {
  std::size_t children = 0; ///< zombies too
  std::size_t descriptors = 0;
  std::size_t mappings = 0; ///< of shared memory
  std::size_t threads = 0;

  /// A thread that was joined may be seen a moment longer, and one that starts may have a file open for a
  /// moment: so there may have been more of these before.
  friend bool operator==(const leftovers& after, const leftovers& before) {
    return after.children == before.children && after.descriptors <= before.descriptors &&
           after.mappings == before.mappings && after.threads <= before.threads;
  }

  static leftovers now() {
    leftovers l;
    l.children = children_of().size();
    l.descriptors = entries_of("/proc/self/fd");
    l.threads = thread_count();
    std::ifstream maps{"/proc/self/maps"};
    for (std::string line; std::getline(maps, line);)
      l.mappings += line.find("memfd:troupe-link") != std::string::npos;
    return l;
  }
};

inline std::ostream& operator<<(std::ostream& out, const leftovers& l) {
  return out << l.children << " children, " << l.descriptors << " descriptors, " << l.mappings
             << " mappings, " << l.threads << " threads";
}

} // namespace test_support
