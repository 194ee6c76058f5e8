// SPDX-License-Identifier: BSD-3-Clause
//
// Counts a tree: once with a pool of worker processes, and once without, to compare.

#pragma once

#include "file_walk.hpp"
#include "options.hpp"
#include "tally.hpp"

#include <troupe/troupe.hpp>

#include <string>
#include <vector>

namespace word_count {

struct job_result {
  tally counted{0};
  std::vector<std::string> failures; // of batches that could not be counted at all
  std::vector<troupe::worker_info> workers;
  unsigned killed = 0;
  double seconds = 0;         // from making the pool to the last result
  double seconds_merging = 0; // of these, spent adding results to the sum
};

[[nodiscard]] job_result count_in_pool(troupe::runtime& rt, const options& chosen, const file_tree& tree);
[[nodiscard]] tally count_in_this_process(const file_tree& tree);

} // namespace word_count
