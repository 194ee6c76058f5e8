// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace troupe::detail {

class pending_reply;

/// What became of a question, for whoever let it in beyond a bound.
enum class question_fate : std::uint8_t {
  open,
  answered,
  dropped,  // its reply is gone; nobody had waited in vain
  given_up, // somebody waited for it until a deadline
};

/// Questions that went in where there was no room: one of each sender, so that an ask does not wait long for room
/// before the deadline of its reply can count. Threads: guarded by whoever has it.
class excess_questions {
 public:
  /// How long a question waits for room first: an actor that makes some has its bound kept.
  static constexpr std::chrono::milliseconds patience{20};

  enum class verdict {
    goes_in,
    waits,   // one of this sender is there and may still be answered: for room, as a tell does
    refused, // one of this sender is there, and it has been given up: the next would be, too
  };

  /// A question of this thread, or of the actor that it runs, before it is sent.
  verdict admit(pending_reply& question);
  bool empty() const { return entries_.empty(); }
  void clear() { entries_.clear(); }

 private:
  struct entry {
    std::uint64_t sender; // a number that no other sender of this process ever has
    std::shared_ptr<const std::atomic<question_fate>> fate;
  };
  std::vector<entry> entries_;
};

} // namespace troupe::detail
