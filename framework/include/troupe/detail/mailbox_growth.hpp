// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

namespace troupe::detail {

/// Notices a mailbox that keeps growing: an actor that is sent more than it handles.
///
///   short ──(longer than `length`)──▶ growing ──(for `time`)──▶ told ──(at most `length`)──▶ short
///              growing ──(not longer than the last time, and not full)──▶ short
///
/// Threads: one at a time.
class mailbox_growth {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  struct limits {
    std::size_t length = 1000; // what waits in the mailbox of an actor that keeps up
    std::chrono::nanoseconds time = std::chrono::seconds{5};
    std::chrono::nanoseconds between_looks = std::chrono::seconds{1};
  };

  mailbox_growth() : mailbox_growth{limits{}} {}
  explicit mailbox_growth(limits l) : limits_{l} {}

  /// Whether it is time for another look: cheap, for every batch.
  bool due(time_point now) const { return now >= next_look_; }

  /// Looks. `full`: the senders are held back, so that it cannot grow.
  /// Out: how long it has grown, once for each time it does so.
  std::optional<std::chrono::nanoseconds> look(time_point now, std::size_t length, bool full);

 private:
  const limits limits_;
  time_point next_look_{};
  time_point grows_since_{}; // while last_length_ is above the limit
  std::size_t last_length_ = 0;
  bool told_ = false;
};

} // namespace troupe::detail
