// SPDX-License-Identifier: BSD-3-Clause
#include "stage/wire.hpp"

#include <algorithm>
#include <utility>

namespace troupe::detail {

void wire::send(parcel&& what, steady_time now, seeded_random& random) {
  auto takes = takes_.shortest;
  if (const auto spread = takes_.longest - takes_.shortest; spread.count() > 0)
    takes += std::chrono::nanoseconds{random.below(static_cast<std::uint64_t>(spread.count()) + 1)};
  what.due = now + takes;
  if (!parcels_.empty()) // none overtakes another
    what.due = std::max(what.due, parcels_.back().due);
  parcels_.push_back(std::move(what));
}

void wire::sender_ended(std::size_t lost, std::shared_ptr<const process_exit> end, steady_time now) {
  lost = cut_ ? parcels_.size() : std::min(lost, parcels_.size());
  parcels_.erase(parcels_.end() - static_cast<std::ptrdiff_t>(lost), parcels_.end());
  const auto due = parcels_.empty() ? now : std::max(now, parcels_.back().due);
  parcels_.push_back({.end = std::move(end), .due = due});
}

steady_time wire::next_due() const {
  if (parcels_.empty() || (cut_ && !parcels_.front().end))
    return forever_from_now;
  return parcels_.front().due;
}

parcel wire::take() {
  auto taken = std::move(parcels_.front());
  parcels_.pop_front();
  return taken;
}

// Of a sender that has ended, nobody is left to send again what the wire holds from now on.
void wire::cut() {
  cut_ = true;
  if (!parcels_.empty() && parcels_.back().end)
    parcels_.erase(parcels_.begin(), parcels_.end() - 1);
}

} // namespace troupe::detail
