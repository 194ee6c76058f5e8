// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <typeinfo>

namespace troupe::detail {

/// What an actor has done so far, to be looked at by anybody while it goes on.
///
/// Written by the thread that runs the actor (whoever starts it, at first), of which there is one at a time, handed
/// over by whoever schedules it. Read by any. All relaxed: figures of about the same moment, which guard nothing.
class host_figures {
 public:
  using time = std::chrono::steady_clock::time_point;

  // The thread that runs the actor.
  void object_made(const std::type_info& type) { type_.store(&type, std::memory_order_relaxed); }
  void batch_begins(time now) { running_since_.store(now, std::memory_order_relaxed); }
  /// `coroutines`: those that wait from now on.
  void batch_ends(time begun, time now, std::size_t coroutines) {
    busy_.store(busy_.load(std::memory_order_relaxed) + (now - begun), std::memory_order_relaxed);
    coroutines_.store(coroutines, std::memory_order_relaxed);
    running_since_.store(time{}, std::memory_order_relaxed);
  }

  // Any thread.
  bool running() const { return running_since_.load(std::memory_order_relaxed) != time{}; }
  /// With the batch that runs now.
  std::chrono::nanoseconds busy(time now) const {
    const auto since = running_since_.load(std::memory_order_relaxed);
    const auto before = busy_.load(std::memory_order_relaxed);
    return since != time{} && now > since ? before + (now - since) : before;
  }
  std::size_t coroutines() const { return coroutines_.load(std::memory_order_relaxed); }
  /// As it is written in source; empty while there is no object.
  std::string class_name() const;

 private:
  std::atomic<const std::type_info*> type_{nullptr};
  std::atomic<time> running_since_{}; // zero: no batch runs
  std::atomic<time::duration> busy_{};
  std::atomic<std::size_t> coroutines_{0};
};

} // namespace troupe::detail
