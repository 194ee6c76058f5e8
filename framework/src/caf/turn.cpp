// SPDX-License-Identifier: BSD-3-Clause
#include "caf/turn.hpp"

#include "caf/execution.hpp"

namespace troupe::detail {

void turn::schedule() { unit::current(system_).exec_later(this); }

caf::resumable::resume_result turn::resume(caf::execution_unit*, size_t) {
  switch (who_->take_turn()) {
    case after_turn::again:
      return resume_later;
    case after_turn::idle: // another thread may be in here by now
      return awaiting_message;
    case after_turn::over:
      who_.reset();
      return done;
  }
  return done;
}

} // namespace troupe::detail
