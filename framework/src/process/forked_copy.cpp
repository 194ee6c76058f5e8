// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/forked_copy.hpp>

#include <pthread.h>
#include <unistd.h>

#include <mutex>
#include <string>

namespace troupe::detail {

bool is_forked_copy = false;

namespace {

bool noticed = false; // written before the first thread of a runtime, and after the last

} // namespace

// Our own processes do not come by fork(), and so call no handlers; but they inherit the notice.
notice_of_forks::notice_of_forks() {
  static std::once_flag once;
  std::call_once(
      once, [] { ::pthread_atfork(nullptr, nullptr, [] { is_forked_copy = is_forked_copy || noticed; }); });
  noticed = true;
}

notice_of_forks::~notice_of_forks() { noticed = false; }

// What the standard streams hold is the original's to write.
void end_forked_copy() noexcept {
  const std::string text =
      "troupe: process " + std::to_string(::getpid()) +
      ", a fork made by a task or handler, came back from it and is ended: have it call _exit, "
      "or execute another program, before\n";
  static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
  ::_exit(1);
}

} // namespace troupe::detail
