// SPDX-License-Identifier: BSD-3-Clause
#include "actor/announce.hpp"

#include <troupe/detail/announced.hpp>
#include <troupe/detail/code_table.hpp>

#include <mutex>
#include <vector>

namespace troupe::detail {

namespace {

struct announced_code {
  const void* code;
  std::uint64_t type;
};

// Filled while the program and its libraries are loaded.
struct announcements {
  std::mutex mutex; // guards all
  std::vector<announced_code> all;
};

announcements& the_announcements() {
  static auto* made = new announcements; // for ever: libraries may be loaded at any time
  return *made;
}

} // namespace

void announce_code(const void* code, std::uint64_t type) {
  auto& a = the_announcements();
  std::lock_guard lock{a.mutex};
  a.all.push_back({code, type});
}

void enter_announced(code_table& table) {
  auto& a = the_announcements();
  std::lock_guard lock{a.mutex};
  for (const auto& one : a.all)
    table.intern(one.code, one.type);
}

} // namespace troupe::detail
