// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/deadline.hpp>

#include <atomic>
#include <chrono>
#include <mutex>

namespace troupe::detail {

class pending_reply;

/// Lets others say that somebody who waits for an answer is not to do so for much longer. `hurry`: any thread; `await`:
/// whoever waits.
class urgency {
 public:
  /// `grace`: how long it may wait from then on.
  explicit urgency(std::chrono::nanoseconds grace) : grace_{grace} {}
  urgency(const urgency&) = delete;
  urgency& operator=(const urgency&) = delete;

  /// There has been a reason to hurry since `since`. The first counts.
  void hurry(steady_time since);

  /// Waits until the answer is there, it is urgent, or `planned` has come. Returns the deadline that holds from then on.
  steady_time await(const pending_reply& answer, steady_time planned);

 private:
  std::chrono::nanoseconds grace_;
  std::mutex mutex_; // guards awaited_
  const pending_reply* awaited_ = nullptr;
  steady_time latest_{}; // written before urgent_
  std::atomic<bool> urgent_{false};
};

} // namespace troupe::detail
