// SPDX-License-Identifier: BSD-3-Clause
#include "process/socket_message.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace troupe::detail {

namespace {

constexpr std::size_t max_fds = 8;

int remaining_ms(steady_time deadline) {
  if (deadline == no_deadline)
    return -1;
  const auto now = std::chrono::steady_clock::now();
  if (deadline <= now) // also keeps the difference from overflowing
    return 0;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now);
  return static_cast<int>(std::clamp<long long>(left.count(), 0, 1 << 30));
}

} // namespace

bool wait_readable(int fd, steady_time deadline) {
  for (;;) {
    pollfd p{fd, POLLIN, 0};
    const int timeout = remaining_ms(deadline);
    const int n = ::poll(&p, 1, timeout);
    if (n > 0)
      return true;
    if (n == 0 && timeout >= 0 && remaining_ms(deadline) == 0)
      return false;
    if (n < 0 && errno != EINTR)
      return false;
  }
}

bool send_with_descriptors(int socket, std::span<const std::byte> bytes, std::span<const int> fds) {
  iovec io{const_cast<std::byte*>(bytes.data()), bytes.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * max_fds)> control{};
  msghdr m{};
  m.msg_iov = &io;
  m.msg_iovlen = 1;
  if (!fds.empty()) {
    m.msg_control = control.data();
    m.msg_controllen = CMSG_SPACE(fds.size_bytes());
    cmsghdr* c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(fds.size_bytes());
    std::memcpy(CMSG_DATA(c), fds.data(), fds.size_bytes());
  }
  ssize_t sent = 0;
  do
    sent = ::sendmsg(socket, &m, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(bytes.size());
}

bool receive_with_descriptors(int socket, std::span<std::byte> bytes, steady_time deadline,
                              received_message& message) {
  if (deadline != no_deadline && !wait_readable(socket, deadline)) {
    errno = EAGAIN;
    return false;
  }
  iovec io{bytes.data(), bytes.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * max_fds)> control{};
  msghdr m{};
  m.msg_iov = &io;
  m.msg_iovlen = 1;
  m.msg_control = control.data();
  m.msg_controllen = control.size();
  ssize_t got = 0;
  do
    got = ::recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    return false;
  message.size_bytes = static_cast<std::size_t>(got);
  message.fds.clear();
  for (cmsghdr* c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
      continue;
    const auto count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof fd);
      message.fds.emplace_back(fd);
    }
  }
  return true;
}

} // namespace troupe::detail
