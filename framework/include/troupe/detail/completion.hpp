// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>

namespace troupe::detail {

/// A one-way flag that threads wait for with `node::wait` and that is set with `node::complete`. What
/// was written before `complete` is visible after `done()` has returned true.
class completion {
 public:
  bool done() const { return done_.load(std::memory_order_acquire); }

 private:
  friend class node;
  friend class lasting_node;
  std::atomic<bool> done_{false};
};

} // namespace troupe::detail
