// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/excess_questions.hpp>

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/pending_reply.hpp>

#include <algorithm>

namespace troupe::detail {

namespace {

const void* sender_of_this_thread() {
  static thread_local char no_actor;
  const void* const running = actor_host::running();
  return running ? running : &no_actor;
}

} // namespace

excess_questions::verdict excess_questions::admit(pending_reply& question) {
  const void* const sender = sender_of_this_thread();
  const auto mine =
      std::find_if(entries_.begin(), entries_.end(), [sender](const entry& e) { return e.sender == sender; });
  if (mine == entries_.end()) {
    entries_.push_back({sender, question.followed()});
    return verdict::goes_in;
  }
  switch (mine->fate->load(std::memory_order_acquire)) {
    case question_fate::given_up:
      return verdict::refused;
    case question_fate::answered:
      mine->fate = question.followed();
      return verdict::goes_in;
    default:
      return verdict::waits;
  }
}

} // namespace troupe::detail
