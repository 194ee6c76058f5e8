// SPDX-License-Identifier: BSD-3-Clause
#include "process/clone.hpp"

#include "process/proc_number.hpp"

#include <linux/futex.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TROUPE_TSAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define TROUPE_TSAN 1
#endif

namespace troupe::detail {

namespace {

// glibc keeps the thread id in the thread's descriptor. The kernel knows where (glibc told it at
// start, for CLONE_CHILD_CLEARTID), so it can also write the new id there. Null where the kernel was
// built without the call; then the cached id is stale, which only process-shared mutexes would see.
int* thread_id_address() {
  int* address = nullptr;
  return ::prctl(PR_GET_TID_ADDRESS, &address, 0, 0, 0) == 0 ? address : nullptr;
}

} // namespace

pid_t clone_process(parentage p, std::atomic<pid_t>* pid_place) {
  robust_list_head* robust = nullptr;
  std::size_t robust_bytes = 0;
  ::syscall(SYS_get_robust_list, 0, &robust, &robust_bytes);

  unsigned long flags = p == parentage::sibling ? CLONE_PARENT : 0; // exit signal 0
  int* tid = thread_id_address();
  if (tid)
    flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
  if (pid_place)
    flags |= CLONE_PARENT_SETTID;
#if defined(__x86_64__)
  const long result = ::syscall(SYS_clone, flags, nullptr, pid_place, tid, nullptr);
#else // the other ABIs have tls before child_tid
  const long result = ::syscall(SYS_clone, flags, nullptr, pid_place, nullptr, tid);
#endif
  if (result == 0 && robust)
    ::syscall(SYS_set_robust_list, robust, robust_bytes); // not inherited; fork() does the same
  return static_cast<pid_t>(result);
}

bool single_threaded() {
#ifdef TROUPE_TSAN
  constexpr std::uint64_t alone = 2; // the sanitizer keeps a thread of its own
#else
  constexpr std::uint64_t alone = 1;
#endif
  // Not by the directory of threads: a reading of it can miss one while another leaves.
  return number_in("/proc/self/status", "Threads:").value_or(alone) <= alone;
}

} // namespace troupe::detail
