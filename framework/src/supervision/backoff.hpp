// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/node.hpp>
#include <troupe/supervision_options.hpp>

#include <chrono>
#include <cstdint>

namespace troupe::detail {

/// How long to wait before each restart of one child. Time and randomness come from outside.
class backoff {
 public:
  explicit backoff(backoff_options options) : options_{options} {}

  void started(steady_time now) {
    started_ = now;
    ran_ = true;
  }
  /// Before the next restart, or attempt at one. `random`: any 64 bits.
  std::chrono::nanoseconds next(steady_time now, std::uint64_t random);

 private:
  backoff_options options_;
  steady_time started_{};
  bool ran_ = false;      // since the last attempt
  double unjittered_ = 0; // nanoseconds; the last one
};

/// Errors: usage_error naming the field.
void check(const backoff_options& options);

} // namespace troupe::detail
