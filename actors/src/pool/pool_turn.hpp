// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <utility>

namespace troupe::detail {

/// While it lives, the calling thread runs the actor of a pool, which loads and saves what users send. It may be any
/// thread, one that waits for quite another call as well, and be within the turn of another pool already.
class pool_turn {
 public:
  explicit pool_turn(const void* pool) : pool_{pool}, outer_{std::exchange(current_, this)} {}
  ~pool_turn() { current_ = outer_; }
  pool_turn(const pool_turn&) = delete;
  pool_turn& operator=(const pool_turn&) = delete;

  /// Who waits for this pool here, waits for itself.
  static bool is_within(const void* pool) {
    for (const auto* turn = current_; turn; turn = turn->outer_)
      if (turn->pool_ == pool)
        return true;
    return false;
  }

 private:
  inline static thread_local const pool_turn* current_ = nullptr;

  const void* pool_;
  const pool_turn* outer_;
};

} // namespace troupe::detail
