// SPDX-License-Identifier: BSD-3-Clause
#include "process/stderr_tail.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace troupe::detail {

namespace {

constexpr std::size_t kept_bytes = 4096;
constexpr std::size_t chunk_bytes = 4096; // PIPE_BUF

// More than a pipe holds; a writer that never stops must not keep us from everything else.
constexpr int chunks_at_once = 32;

bool takes_more(int fd) {
  pollfd p{fd, POLLOUT, 0};
  const int n = ::poll(&p, 1, 0);
  return n > 0 || (n < 0 && errno != EINTR); // an unusable stderr swallows
}

// A terminal polls writable when it takes one byte more. Through an open file of our own it takes what it can, and the
// program's is left as it is.
descriptor open_terminal() {
  if (::isatty(STDERR_FILENO) == 0)
    return {};
  return descriptor{::open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
}

class our_stderr {
 public:
  int fd() const { return terminal_ ? terminal_.get() : STDERR_FILENO; }

 private:
  descriptor terminal_ = open_terminal();
};

// A pipe that polls writable takes PIPE_BUF (4096) bytes at once, a file takes all.
ssize_t write_without_waiting(int fd, const void* data, std::size_t size_bytes) {
  const auto sent = ::send(fd, data, size_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent < 0 && errno == ENOTSOCK ? ::write(fd, data, size_bytes) : sent;
}

} // namespace

stderr_tail::state stderr_tail::pump() {
  const our_stderr out;
  for (int chunks = 0; chunks < chunks_at_once; ++chunks) {
    if (!takes_more(out.fd()) || !pass_on(out.fd()))
      return state::stalled;
    const auto n = read_once();
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
      return state::open;
    if (n <= 0)
      return state::closed;
    if (!pass_on(out.fd()))
      return state::stalled;
  }
  return state::open;
}

void stderr_tail::take_rest() {
  if (pump() != state::stalled)
    return;
  for (int chunks = 0; chunks < chunks_at_once && read_once() > 0; ++chunks) {
  }
}

bool stderr_tail::pass_on_rest() { return untold_.empty() || pass_on(our_stderr{}.fd()); }

// Appends what is there to both strings. Returns what read(2) does.
ssize_t stderr_tail::read_once() {
  std::array<char, chunk_bytes> chunk;
  const auto n = ::read(pipe_.get(), chunk.data(), chunk.size());
  if (n <= 0)
    return n;
  untold_.append(chunk.data(), static_cast<std::size_t>(n));
  tail_.append(chunk.data(), static_cast<std::size_t>(n));
  if (tail_.size() > 2 * kept_bytes)
    tail_.erase(0, tail_.size() - kept_bytes - 1); // one more than is shown: the first line is cut
  return n;
}

// False: our stderr takes no more for now.
bool stderr_tail::pass_on(int to) {
  while (!untold_.empty()) {
    if (!takes_more(to))
      return false;
    const auto n = write_without_waiting(to, untold_.data(), std::min(untold_.size(), chunk_bytes));
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno == EAGAIN)
      return false;
    untold_.erase(0, n > 0 ? static_cast<std::size_t>(n) : untold_.size());
  }
  return true;
}

std::string stderr_tail::last_lines() const {
  if (tail_.size() <= kept_bytes)
    return tail_;
  const auto from = tail_.size() - kept_bytes;
  const auto line = tail_.find('\n', from);
  return tail_.substr(line == std::string::npos ? from : line + 1);
}

} // namespace troupe::detail
