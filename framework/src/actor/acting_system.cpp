// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/acting_system.hpp>

#include <utility>

namespace troupe::detail {

namespace {

thread_local const acting_system* acting_now = nullptr;

} // namespace

acting_system::acting_system(std::shared_ptr<actor_system> system)
    : system_{std::move(system)}, outer_{std::exchange(acting_now, this)} {}

acting_system::~acting_system() { acting_now = outer_; }

const std::shared_ptr<actor_system>* acting_system::of_this_thread() {
  return acting_now ? &acting_now->system_ : nullptr;
}

} // namespace troupe::detail
