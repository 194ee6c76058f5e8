// SPDX-License-Identifier: BSD-3-Clause
#include "process/stderr_tail.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace troupe::detail {

namespace {

constexpr std::size_t kept_bytes = 4096;

// More than a pipe holds; a writer that never stops must not keep us from everything else.
constexpr int chunks_at_once = 32;

bool stderr_takes_more() {
  pollfd p{STDERR_FILENO, POLLOUT, 0};
  const int n = ::poll(&p, 1, 0);
  return n > 0 || (n < 0 && errno != EINTR); // an unusable stderr swallows
}

} // namespace

stderr_tail::state stderr_tail::pump() {
  // A pipe that polls writable takes PIPE_BUF (4096) bytes at once: no write below can block.
  std::array<char, 4096> chunk;
  for (int chunks = 0; chunks < chunks_at_once; ++chunks) {
    if (!stderr_takes_more())
      return state::stalled;
    const auto n = ::read(pipe_.get(), chunk.data(), chunk.size());
    if (n < 0)
      return errno == EAGAIN || errno == EINTR ? state::open : state::closed;
    if (n == 0)
      return state::closed;
    const std::string_view text{chunk.data(), static_cast<std::size_t>(n)};
    keep(text);
    [[maybe_unused]] auto written = ::write(STDERR_FILENO, text.data(), text.size());
  }
  return state::open;
}

void stderr_tail::keep(std::string_view text) {
  tail_.append(text);
  if (tail_.size() > 2 * kept_bytes)
    tail_.erase(0, tail_.size() - kept_bytes - 1); // one more than is shown: the first line is cut
}

std::string stderr_tail::last_lines() const {
  if (tail_.size() <= kept_bytes)
    return tail_;
  const auto from = tail_.size() - kept_bytes;
  const auto line = tail_.find('\n', from);
  return tail_.substr(line == std::string::npos ? from : line + 1);
}

} // namespace troupe::detail
