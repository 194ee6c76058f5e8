// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/spawn_options.hpp>

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
  /// What the id of an actor with such a mailbox says, for its senders. A link is full before so many messages have
  /// come together that larger mailboxes are bounded by it; and only those that block need its senders to wait.
  static constexpr std::uint16_t counted_capacity(const mailbox_options& mailbox) {
    constexpr std::size_t most = 8'192;
    const bool counts = mailbox.overflow == overflow_policy::block && mailbox.capacity < most;
    return counts ? static_cast<std::uint16_t>(mailbox.capacity) : std::uint16_t{0};
  }

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

 private:
  const std::uint64_t limit_;
  const std::uint64_t step_; // of the marks: two are under way before the limit
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> begun_{0};
};

} // namespace troupe::detail
