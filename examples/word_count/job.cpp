// SPDX-License-Identifier: BSD-3-Clause

#include "job.hpp"

#include "chaos.hpp"
#include "counter.hpp"
#include "progress.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <limits>
#include <optional>
#include <vector>

namespace word_count {
namespace {

using clock = std::chrono::steady_clock;

double seconds_since(clock::time_point start) {
  return std::chrono::duration<double>(clock::now() - start).count();
}

// Large batches repeat few words in their results, so they cost the supervisor less; but there
// must be enough of them for every worker to be busy until the end.
std::uint64_t choose_batch_bytes(const options& chosen, const file_tree& tree, unsigned workers) {
  constexpr std::uint64_t batches_per_worker = 16;
  const std::uint64_t even = tree.size_bytes / (workers * batches_per_worker);
  std::uint64_t bytes = std::clamp<std::uint64_t>(even, 256 * 1024, 8 * 1024 * 1024);
  // A batch has to be done between two kills, or the job never ends: a worker surely counts 16
  // bytes in a microsecond.
  if (chosen.chaos)
    bytes = std::min(bytes, 16 * 1000 * static_cast<std::uint64_t>(chosen.chaos->count()));
  return bytes;
}

// A dead worker costs one attempt of the batch it was counting. Without chaos, a batch that has
// killed three workers will kill the next one too. With it, each kill can hit the same batch
// again, however unlikely: the number must be one that luck does not reach.
int choose_crash_retries(const options& chosen) { return chosen.chaos ? 1000 : 2; }

} // namespace

job_result count_in_pool(troupe::runtime& rt, const options& chosen, const file_tree& tree) {
  const auto start = clock::now();
  job_result job;
  job.counted = tally{tree.files.size()};
  troupe::pool pool{
      rt,
      {.processes = chosen.workers, .tasks = {.crash_retries = choose_crash_retries(chosen), .chunk = 1}}};
  const auto batches = make_batches(tree, choose_batch_bytes(chosen, tree, pool.size()));
  std::vector<const batch*> failed;
  {
    progress_display progress{tree.files.size(), tree.size_bytes};
    std::optional<chaos> killer;
    if (chosen.chaos)
      killer.emplace(pool, *chosen.chaos);

    for (auto&& [index, outcome] : pool.imap_unordered_settled(count_batch, batches)) {
      const batch& task = batches[index];
      const auto merge_start = clock::now();
      try {
        job.counted.add(task, outcome.value());
      } catch (const std::exception& failure) { // one batch failed; the others go on
        job.failures.push_back(task.paths.front() + " and its batch: " + failure.what());
        failed.push_back(&task);
      }
      job.seconds_merging += seconds_since(merge_start);

      const bool begins_files = task.part.begin == 0; // so that a file cut into parts is one file
      progress.add(begins_files ? task.paths.size() : 0, task.size_bytes);
    }
    for (const batch* task : failed)
      job.counted.note_not_counted(*task);
    if (killer)
      job.killed = killer->killed();
  }
  job.seconds = seconds_since(start);
  job.workers = pool.workers();
  return job;
}

// No file is cut here, so the borders of its parts are checked too.
tally count_in_this_process(const file_tree& tree) {
  tally counted{tree.files.size()};
  for (const batch& task : make_batches(tree, std::numeric_limits<std::uint64_t>::max()))
    counted.add(task, count_batch(task));
  return counted;
}

} // namespace word_count
