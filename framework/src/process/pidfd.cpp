// SPDX-License-Identifier: BSD-3-Clause
#include "process/pidfd.hpp"

#include <troupe/exceptions.hpp>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>

namespace troupe::detail {

descriptor open_pidfd(pid_t pid) {
  descriptor fd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
  if (!fd)
    throw spawn_error("cannot open a descriptor for process " + std::to_string(pid), errno);
  return fd;
}

namespace {

constexpr int by_pidfd = 3; // P_PIDFD, which glibc 2.36 has only as an enumerator of idtype_t

} // namespace

bool is_stopped(int pidfd) {
  siginfo_t info{};
  const auto result =
      ::syscall(SYS_waitid, by_pidfd, pidfd, &info, WSTOPPED | WNOHANG | WNOWAIT | __WALL, nullptr);
  return result == 0 && info.si_pid != 0;
}

std::optional<exit_status> reap(int pidfd) {
  siginfo_t info{};
  rusage usage{};
  long result = 0;
  do // the system call, because waitid(3) drops the resource usage
    result = ::syscall(SYS_waitid, by_pidfd, pidfd, &info, WEXITED | __WALL, &usage);
  while (result < 0 && errno == EINTR);
  if (result < 0)
    return std::nullopt;
  exit_status status;
  status.peak_memory_bytes = static_cast<std::size_t>(usage.ru_maxrss) * 1024;
  if (info.si_code == CLD_EXITED)
    status.code = info.si_status;
  else
    status.signal = info.si_status;
  return status;
}

} // namespace troupe::detail
