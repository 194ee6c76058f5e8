// SPDX-License-Identifier: BSD-3-Clause
#include "supervision/backoff.hpp"

#include <troupe/exceptions.hpp>

#include <algorithm>
#include <utility>

namespace troupe::detail {

std::chrono::nanoseconds backoff::next(steady_time now, std::uint64_t random) {
  if (options_.base.count() == 0)
    return std::chrono::nanoseconds{0};
  const auto healthy = options_.healthy.count() != 0 ? options_.healthy : options_.cap;
  const auto base = static_cast<double>(options_.base.count());
  const bool was_healthy = std::exchange(ran_, false) && now - started_ >= healthy;
  const bool afresh = unjittered_ == 0 || was_healthy;
  const auto cap = static_cast<double>(options_.cap.count());
  unjittered_ = std::min(cap, afresh ? base : unjittered_ * options_.factor);
  const double share =
      static_cast<double>(random >> 11) / static_cast<double>(std::uint64_t{1} << 53); // [0, 1)
  const double delay = unjittered_ * (1 + options_.jitter * (2 * share - 1));
  return delay < cap ? std::chrono::nanoseconds{static_cast<std::int64_t>(delay)} : options_.cap;
}

void check(const backoff_options& o) {
  const auto wrong = [](const char* field, const char* remedy) {
    throw usage_error(std::string{"child_spec.backoff."} + field + ": " + remedy);
  };
  if (o.base.count() < 0)
    wrong("base", "must not be negative; 0 restarts at once");
  if (!(o.factor >= 1))
    wrong("factor", "must be at least 1");
  if (o.cap < o.base)
    wrong("cap", "must not be below base");
  if (!(o.jitter >= 0 && o.jitter <= 1))
    wrong("jitter", "is a share: from 0 to 1");
  if (o.healthy.count() < 0)
    wrong("healthy", "must not be negative; 0 means as long as cap");
}

} // namespace troupe::detail
