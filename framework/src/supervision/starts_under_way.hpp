// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "actor/urgency.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace troupe::detail {

struct plan;

/// What a supervisor, and those below it, wait for: starts in other processes. Any thread.
class starts_under_way {
 public:
  /// The supervisor is to end: each of them has as long as its child has to stop. Also those that begin later, until it
  /// `begins`.
  void hurry(steady_time now);
  /// The supervisor starts, perhaps again.
  void begin();

 private:
  friend class start_under_way;
  void add(urgency& start);
  void remove(const urgency& start);

  std::mutex mutex_; // guards all of it
  std::vector<urgency*> all_;
  std::optional<steady_time> urgent_since_;
};

/// While it lives, a start is among those of a supervisor and of all above it.
class start_under_way {
 public:
  start_under_way(std::shared_ptr<plan> of, urgency& start);
  ~start_under_way();
  start_under_way(const start_under_way&) = delete;
  start_under_way& operator=(const start_under_way&) = delete;

 private:
  std::vector<std::shared_ptr<plan>> listed_;
  urgency& start_;
};

} // namespace troupe::detail
