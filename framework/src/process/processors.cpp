// SPDX-License-Identifier: BSD-3-Clause
#include "process/processors.hpp"

#include <cstring>

namespace troupe::detail {

namespace {

// Of this process, and inherited: where it may run if anywhere is allowed, and whether that was found to be so.
cpu_set_t anywhere;
bool free_to_choose = false;

bool get(cpu_set_t& set) {
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0; // it fails where there are more processors than fit
}

} // namespace

// The kernel takes from the whole set what there is and what the cgroup allows, now and later: it is as if nobody had
// ever chosen.
void run_anywhere() noexcept {
  cpu_set_t all;
  std::memset(&all, 0xff, sizeof all);
  ::sched_setaffinity(0, sizeof all, &all);
}

void note_processors() noexcept {
  cpu_set_t before;
  if (!get(before))
    return;
  run_anywhere();
  free_to_choose = get(anywhere) && CPU_EQUAL(&anywhere, &before);
  if (!free_to_choose)
    ::sched_setaffinity(0, sizeof before, &before);
}

on_one_processor::on_one_processor() noexcept {
  cpu_set_t now;
  const int here = ::sched_getcpu();
  if (!free_to_choose || here < 0 || here >= CPU_SETSIZE || !get(now) || !CPU_EQUAL(&now, &anywhere))
    return;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(here), &one);
  holds_ = ::sched_setaffinity(0, sizeof one, &one) == 0;
}

on_one_processor::~on_one_processor() {
  if (holds_)
    run_anywhere();
}

} // namespace troupe::detail
