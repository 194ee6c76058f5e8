// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/runner.hpp>

#include <caf/actor_system.hpp>
#include <caf/resumable.hpp>

#include <memory>

namespace troupe::detail {

/// A runner as CAF schedules it: beside CAF's own actors, without a mailbox, for what has one already.
class turn final : public caf::resumable, public runner {
 public:
  turn(caf::actor_system& sys, std::shared_ptr<turn_taker> who) : system_{sys}, who_{std::move(who)} {}

  void schedule() override;

  subtype_t subtype() const override { return function_object; }
  resume_result resume(caf::execution_unit*, size_t) override;
  void intrusive_ptr_add_ref_impl() override { hold(); }
  void intrusive_ptr_release_impl() override { let_go(); }

 private:
  caf::actor_system& system_;
  std::shared_ptr<turn_taker> who_; // which holds this, until it is over
};

} // namespace troupe::detail
