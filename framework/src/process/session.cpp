// SPDX-License-Identifier: BSD-3-Clause
#include "process/session.hpp"

#include <sys/mman.h>

#include <new>

namespace troupe::detail {

static_assert(sizeof(session_page) <= session::code_at);

session session::create() {
  session s{shared_mapping::create("troupe-session", code_at + code_bytes)};
  new (s.mapping_.data()) session_page;
  return s;
}

session session::open(descriptor fd) {
  return session{shared_mapping::open(std::move(fd), code_at + code_bytes)};
}

void session::protect_code_region() const { ::mprotect(mapping_.data() + code_at, code_bytes, PROT_READ); }

std::uint32_t take_roster_entry(session_page& page) {
  for (std::uint32_t i = 1; i < session_page::roster_size; ++i) {
    pid_t nobody = 0;
    if (page.roster[i].pid.compare_exchange_strong(nobody, -1)) { // -1: taken, not yet started
      page.roster[i].awake.store(1, std::memory_order_relaxed);
      if (i >= page.roster_used.load(std::memory_order_relaxed))
        page.roster_used.store(i + 1, std::memory_order_release);
      return i;
    }
  }
  return 0;
}

unsigned awake_count(const session_page& page) {
  unsigned count = 0;
  const auto used = page.roster_used.load(std::memory_order_acquire);
  for (std::uint32_t i = 0; i < used && i < session_page::roster_size; ++i)
    count += page.roster[i].pid.load(std::memory_order_relaxed) != 0 &&
             page.roster[i].awake.load(std::memory_order_relaxed) != 0;
  return count;
}

} // namespace troupe::detail
