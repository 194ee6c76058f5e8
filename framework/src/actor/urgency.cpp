// SPDX-License-Identifier: BSD-3-Clause
#include "actor/urgency.hpp"

#include "actor/actor_environment.hpp"

#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/pending_reply.hpp>

#include <algorithm>

namespace troupe::detail {

void urgency::hurry(steady_time since) {
  std::lock_guard lock{mutex_}; // whoever is woken is in `await` until this is left
  if (urgent_.load(std::memory_order_relaxed))
    return;
  latest_ = deadline_after(grace_, since);
  urgent_.store(true, std::memory_order_release);
  if (awaited_)
    awaited_->asker().environment().notify(awaited_);
}

steady_time urgency::await(const pending_reply& answer, steady_time planned) {
  const auto is_awaited = [this](const pending_reply* what) {
    std::lock_guard lock{mutex_};
    awaited_ = what;
  };
  const auto over = [&] { return answer.done() || urgent_.load(std::memory_order_acquire); };
  is_awaited(&answer);
  try {
    answer.asker().environment().wait(&answer, over, planned);
  } catch (...) { // the answer may go before this does
    is_awaited(nullptr);
    throw;
  }
  is_awaited(nullptr);
  return urgent_.load(std::memory_order_acquire) ? std::min(planned, latest_) : planned;
}

} // namespace troupe::detail
