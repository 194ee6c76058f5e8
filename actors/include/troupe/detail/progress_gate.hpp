// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/task_options.hpp>

#include <functional>
#include <mutex>
#include <utility>

namespace troupe::detail {

/// Calls a user's progress function, until whoever owns the call has gone: what the function refers to may go as well.
/// Threads: any. Recursive, since the function itself may let go of the call.
class progress_gate {
 public:
  explicit progress_gate(std::function<void(const progress&)> f) : tell_{std::move(f)} {}

  void tell(const progress& now) {
    std::lock_guard lock{mutex_};
    if (open_)
      tell_(now);
  }
  /// Waits for the end of a call that is under way. None begins afterwards.
  void shut() {
    std::lock_guard lock{mutex_};
    open_ = false;
  }

 private:
  const std::function<void(const progress&)> tell_;
  std::recursive_mutex mutex_; // guards what follows, and is held while the function runs
  bool open_ = true;
};

} // namespace troupe::detail
