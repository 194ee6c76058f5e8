// SPDX-License-Identifier: BSD-3-Clause
#include "process/forked_copy.hpp"

#include <pthread.h>

#include <mutex>

namespace troupe::detail {

namespace {

bool noticed = false; // written before the first thread of a runtime, and after the last
bool copied = false;  // written by the only thread of a new process

} // namespace

// Our own processes do not come by fork(), and so call no handlers.
notice_of_forks::notice_of_forks() {
  static std::once_flag once;
  std::call_once(once, [] { ::pthread_atfork(nullptr, nullptr, [] { copied = copied || noticed; }); });
  noticed = true;
}

notice_of_forks::~notice_of_forks() { noticed = false; }

bool in_forked_copy() { return copied; }

} // namespace troupe::detail
