// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/excess_questions.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace troupe::detail {

/// How many messages this process may send to an actor elsewhere before it hears how far that has come. A busy actor
/// reads nothing, so it cannot say that its mailbox is full: what it has not read yet waits in the link, which takes
/// thousands of small messages. So marks are sent among the messages, and answered when the actor comes to them.
/// Threads: any; `note_begun` one at a time.
class send_credit {
 public:
  /// A link is full before this many messages have come together: larger mailboxes are bounded by it.
  static constexpr std::size_t most = 8'192;

  /// `capacity`: of the mailbox, whose actor may be busy with one message more.
  explicit send_credit(std::size_t capacity)
      : limit_{capacity + 1}, step_{std::max<std::uint64_t>(limit_ / 2, 1)} {}

  /// A few more may be under way: threads look before they send.
  bool used_up() const {
    const auto begun = begun_.load(std::memory_order_relaxed);
    const auto sent = sent_.load(std::memory_order_relaxed);
    return sent > begun && sent - begun >= limit_;
  }
  /// To be called behind each message. Returns how many there were, if a mark with that number is to follow; else 0.
  std::uint64_t note_sent() {
    const auto sent = sent_.fetch_add(1, std::memory_order_relaxed) + 1;
    return sent % step_ == 0 ? sent : 0;
  }
  /// The actor has come to the mark with that number.
  void note_begun(std::uint64_t number) {
    begun_.store(std::max(begun_.load(std::memory_order_relaxed), number), std::memory_order_relaxed);
  }
  /// Instead of a mark's number: the actor has ended, and holds back nobody.
  static constexpr std::uint64_t ended = std::numeric_limits<std::uint64_t>::max();

  /// Guarded by the system's mutex.
  excess_questions excess;

 private:
  const std::uint64_t limit_;
  const std::uint64_t step_; // of the marks: two are under way before the limit
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> begun_{0};
};

} // namespace troupe::detail
