// SPDX-License-Identifier: BSD-3-Clause
#include "actor/alarm_queue.hpp"

#include <algorithm>
#include <utility>

namespace troupe::detail {

namespace {

constexpr std::size_t fan_out = 4;
std::size_t parent_of(std::size_t place) { return (place - 1) / fan_out; }
std::size_t first_child_of(std::size_t place) { return place * fan_out + 1; }

} // namespace

alarm_queue::number alarm_queue::add(steady_time at, alarm what) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const auto index = free_.back();
  free_.pop_back();
  auto& s = slots_[index];
  ++s.generation;
  s.used = true;
  s.what = std::move(what);
  heap_.emplace_back();
  rise(heap_.size() - 1, {at, ++added_, index});
  return std::uint64_t{s.generation} << 32 | index;
}

bool alarm_queue::cancel(number which) {
  const auto index = static_cast<std::uint32_t>(which);
  if (index >= slots_.size() || !slots_[index].used || slots_[index].generation != which >> 32)
    return false;
  remove(slots_[index].place);
  return true;
}

std::optional<alarm> alarm_queue::take_due(steady_time now) {
  if (heap_.empty() || heap_.front().at > now)
    return std::nullopt;
  return remove(0);
}

alarm alarm_queue::remove(std::size_t place) {
  const auto gone = heap_[place];
  const auto last = heap_.back();
  heap_.pop_back();
  if (place < heap_.size()) {
    if (place != 0 && last.before(heap_[parent_of(place)]))
      rise(place, last);
    else
      sink(place, last);
  }
  auto& s = slots_[gone.slot];
  s.used = false;
  free_.push_back(gone.slot);
  return std::move(s.what);
}

void alarm_queue::put(std::size_t place, const entry& e) {
  heap_[place] = e;
  slots_[e.slot].place = static_cast<std::uint32_t>(place);
}

void alarm_queue::rise(std::size_t place, const entry& e) {
  while (place != 0 && e.before(heap_[parent_of(place)])) {
    put(place, heap_[parent_of(place)]);
    place = parent_of(place);
  }
  put(place, e);
}

void alarm_queue::sink(std::size_t place, const entry& e) {
  for (;;) {
    const auto first = first_child_of(place);
    if (first >= heap_.size())
      break;
    const auto end = std::min(first + fan_out, heap_.size());
    auto least = first;
    for (auto child = first + 1; child < end; ++child)
      if (heap_[child].before(heap_[least]))
        least = child;
    if (!heap_[least].before(e))
      break;
    put(place, heap_[least]);
    place = least;
  }
  put(place, e);
}

} // namespace troupe::detail
