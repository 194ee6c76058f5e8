// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

namespace troupe::detail {

class actor_system;

/// Has `actor_system::current` return that of a simulated process, on this thread, for as long as this lives. They
/// nest: one made later goes first.
class acting_system {
 public:
  explicit acting_system(std::shared_ptr<actor_system> system);
  ~acting_system();
  acting_system(const acting_system&) = delete;
  acting_system& operator=(const acting_system&) = delete;

  /// Null when the thread acts for no simulated process.
  static const std::shared_ptr<actor_system>* of_this_thread();

 private:
  const std::shared_ptr<actor_system> system_;
  const acting_system* const outer_;
};

} // namespace troupe::detail
