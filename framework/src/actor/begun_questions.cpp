// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/begun_questions.hpp>

#include <troupe/detail/responder.hpp>

#include <algorithm>

namespace troupe::detail {

bool begun_question::is_answered(std::shared_ptr<pending_reply>& asker) const {
  if (process_)
    return answered_->load(std::memory_order_relaxed);
  asker = local_.lock();
  return !asker || asker->done();
}

void begun_question::fail(const failure& why) noexcept {
  if (const auto asker = local_.lock())
    asker->fail(why);
  else if (process_ && !answered_->exchange(true))
    responder{std::move(process_), question_}.fail(why);
}

bool begun_questions::add(responder& to) {
  std::vector<std::shared_ptr<pending_reply>> seen; // goes without the lock
  std::lock_guard lock{mutex_};
  if (closed_)
    return false;
  if (all_.size() >= tidy_at_)
    tidy(seen);
  all_.push_back(to.share());
  return true;
}

void begun_questions::note_returned() {
  std::shared_ptr<pending_reply> seen;
  std::lock_guard lock{mutex_};
  if (!all_.empty() && all_.back().is_answered(seen))
    all_.pop_back();
}

std::vector<begun_question> begun_questions::close() {
  std::lock_guard lock{mutex_};
  closed_ = true;
  return std::exchange(all_, {});
}

// REQUIRES: mutex_ is held.
void begun_questions::tidy(std::vector<std::shared_ptr<pending_reply>>& seen) {
  std::erase_if(all_, [&seen](const begun_question& q) { return q.is_answered(seen.emplace_back()); });
  tidy_at_ = std::max<std::size_t>(64, 2 * all_.size());
}

} // namespace troupe::detail
