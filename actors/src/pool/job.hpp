// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "pool/progress_teller.hpp"

#include <troupe/detail/job.hpp>
#include <troupe/detail/pool_core.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

namespace troupe::detail {

/// A stretch of items that waits to be given out. Items that were begun before stand alone.
struct slice {
  std::shared_ptr<const task_source> source;
  std::size_t first = 0;
  std::size_t count = 0;
  int crashes = 0;  // workers that died running it
  int failures = 0; // times it threw
};

/// A call, from its submission until every item has its outcome. Belongs to the pool's actor.
struct job {
  job_id id = 0;
  job_request request;
  std::deque<slice> pending;
  std::size_t pending_items = 0;
  std::size_t in_flight_items = 0;
  progress so_far;
  std::shared_ptr<progress_teller> teller; // empty: nobody asked
  bool more = false;                       // items will be added
  bool abandoned = false;                  // nobody waits: results are dropped, nothing more is given out
  bool queued = false;                     // in the actor's queue of jobs with pending items
  bool touched = false;                    // in the actor's list of jobs to look at when the mailbox is empty
  double item_ns = 0;                      // measured time of an item, smoothed; 0: not measured yet
  std::size_t last_chunk = 1;

  bool finished() const { return !more && pending_items == 0 && in_flight_items == 0; }

  void add(slice s) {
    pending_items += s.count;
    pending.push_back(std::move(s));
  }
  void put_back(slice s) {
    pending_items += s.count;
    pending.push_front(std::move(s));
  }

  /// Up to `count` items from the front; the items of one chunk come from one source.
  slice take(std::size_t count);
};

/// Items to give out at once: as asked for, or as many as take about `target` by what was measured, and never
/// so many that others run dry.
std::size_t chunk_size(job& j, std::size_t workers);

} // namespace troupe::detail
