// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/host_job.hpp>
#include <troupe/detail/node.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace troupe::detail {

class actor_host;

/// What an alarm has to hand over when its time has come.
struct alarm {
  std::weak_ptr<actor_host> host;
  std::unique_ptr<host_job> job;
  std::function<void()> post = nullptr; // instead of these
};

/// Alarms by time: a heap of four children per node, in which each alarm knows its place, so that it can be taken
/// out. Adding, cancelling and taking the next: O(log n). Not synchronised.
class alarm_queue {
 public:
  using number = std::uint64_t;

  number add(steady_time at, alarm what);
  /// False when there is none of that number (any more).
  bool cancel(number which);
  /// When the first is due; never, without any.
  steady_time next() const { return heap_.empty() ? forever_from_now : heap_.front().at; }
  /// Takes the first if it is due by then. Those of one moment come in the order in which they were added.
  std::optional<alarm> take_due(steady_time now);
  std::size_t size() const { return heap_.size(); }
  template <class Condition>
  std::size_t count_if(Condition wanted) const {
    return static_cast<std::size_t>(std::count_if(
        heap_.begin(), heap_.end(), [&](const entry& e) { return wanted(slots_[e.slot].what); }));
  }

 private:
  struct entry {
    steady_time at;
    std::uint64_t order; // among those of one moment
    std::uint32_t slot;
    bool before(const entry& other) const { return at != other.at ? at < other.at : order < other.order; }
  };
  struct slot {
    std::uint32_t generation = 0; // of the number: tells a slot's users apart
    std::uint32_t place = 0;      // in heap_, while used
    bool used = false;
    alarm what;
  };

  void put(std::size_t place, const entry& e);
  void rise(std::size_t place, const entry& e);
  void sink(std::size_t place, const entry& e);
  alarm remove(std::size_t place);

  std::vector<entry> heap_;
  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;
  std::uint64_t added_ = 0;
};

} // namespace troupe::detail
