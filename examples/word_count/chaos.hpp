// SPDX-License-Identifier: BSD-3-Clause
//
// Kills random workers of a pool from a thread of its own, to show that the result stays right.

#pragma once

#include <troupe/troupe.hpp>

#include <atomic>
#include <chrono>
#include <thread>

namespace word_count {

class chaos {
 public:
  /// Kills one worker of `pool` each time `period` has passed, until destroyed.
  chaos(const troupe::pool& pool, std::chrono::milliseconds period);
  [[nodiscard]] unsigned killed() const { return killed_; }

 private:
  void kill_one(const troupe::pool& pool);

  std::atomic<unsigned> killed_ = 0;
  std::jthread thread_; // last: it uses what stands above
};

} // namespace word_count
