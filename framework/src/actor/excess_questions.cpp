// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/excess_questions.hpp>

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/pending_reply.hpp>

#include <algorithm>

namespace troupe::detail {

namespace {

// Not an address: that of a thread or an actor which is gone would soon be another's.
std::uint64_t sender_of_this_thread() {
  constexpr std::uint64_t threads = std::uint64_t{1} << 63; // processes have smaller numbers
  static std::atomic<std::uint64_t> last{threads};
  static thread_local const std::uint64_t this_thread = ++last;
  const auto* const running = actor_host::running();
  return running ? std::uint64_t{running->id().process} << 32 | running->id().number : this_thread;
}

} // namespace

excess_questions::verdict excess_questions::admit(pending_reply& question) {
  const auto sender = sender_of_this_thread();
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
