// SPDX-License-Identifier: BSD-3-Clause
#include "supervision/starts_under_way.hpp"

#include "supervision/plan.hpp"

#include <utility>

namespace troupe::detail {

void starts_under_way::hurry(steady_time now) {
  std::lock_guard lock{mutex_};
  if (!urgent_since_)
    urgent_since_ = now;
  for (auto* start : all_)
    start->hurry(*urgent_since_);
}

void starts_under_way::begin() {
  std::lock_guard lock{mutex_};
  urgent_since_.reset();
}

void starts_under_way::add(urgency& start) {
  std::lock_guard lock{mutex_};
  all_.push_back(&start);
  if (urgent_since_)
    start.hurry(*urgent_since_);
}

void starts_under_way::remove(const urgency& start) {
  std::lock_guard lock{mutex_};
  std::erase(all_, &start);
}

start_under_way::start_under_way(std::shared_ptr<plan> of, urgency& start) : start_{start} {
  for (auto p = std::move(of); p; p = p->above.lock()) {
    listed_.push_back(p);
    p->starts.add(start);
  }
}

start_under_way::~start_under_way() {
  for (const auto& p : listed_)
    p->starts.remove(start_);
}

} // namespace troupe::detail
