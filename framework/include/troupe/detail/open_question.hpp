// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/failure.hpp>

#include <memory>

namespace troupe::detail {

/// What an actor still has to answer. The thread that runs the actor.
class open_question {
 public:
  virtual ~open_question() = default;
  /// It will not do so itself any more. Nothing happens when the answer has been given.
  virtual void actor_ended(const failure& why) = 0;
};

/// Has it told of the end of the actor that runs in this thread, should it be there by then.
void keep_open(std::weak_ptr<open_question> question);

} // namespace troupe::detail
