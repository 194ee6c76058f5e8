// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/mailbox_growth.hpp>

#include <utility>

namespace troupe::detail {

std::optional<std::chrono::nanoseconds> mailbox_growth::look(time_point now, std::size_t length, bool full) {
  next_look_ = now + limits_.between_looks;
  const auto before = std::exchange(last_length_, length);
  if (length <= limits_.length) {
    told_ = false;
    return std::nullopt;
  }
  if (before <= limits_.length || (length <= before && !full))
    grows_since_ = now;
  const auto grown = now - grows_since_;
  if (grown < limits_.time || std::exchange(told_, true))
    return std::nullopt;
  return grown;
}

} // namespace troupe::detail
