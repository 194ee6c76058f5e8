// SPDX-License-Identifier: BSD-3-Clause
//
// Counts the identifiers in all files of a directory tree with a pool of worker processes.
//
// Teaches: a real job in a pool: results taken in as they finish, errors that travel as data,
//   batches of a size that pays, and workers that may die at any time (try --chaos 20 --check).
// New: structs as arguments and results, imap_unordered_settled, crash_retries, pool.workers().
// Expected output, with other words and numbers:
//         410594  define
//         242176  the
//         ...
//   FILES files, BYTES bytes in S s: RATE MB/s (S s spent merging)
//   worker 1: pid PID, N tasks, 0 restarts, busy S s
//   ...

#include "file_walk.hpp"
#include "job.hpp"
#include "options.hpp"
#include "report.hpp"

#include <troupe/troupe.hpp>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <system_error>
#include <variant>

namespace word_count {
namespace {

bool is_written(std::FILE* output) { return std::fflush(output) == 0 && std::ferror(output) == 0; }

// Returns the exit code: 0, or 1 when something was not counted, was counted wrong, or could not be told.
int run(troupe::runtime& rt, const options& chosen) {
  const file_tree tree = find_files(chosen.directory);
  const job_result job = count_in_pool(rt, chosen, tree);
  report about{.chosen = chosen, .tree = tree, .job = job, .check = {}};
  if (chosen.check)
    about.check = job.counted == count_in_this_process(tree);
  if (chosen.json)
    print_json(about);
  else
    print_text(about);
  if (!is_written(stdout))
    throw std::system_error{errno, std::generic_category(), "cannot write the counts to standard output"};
  return job.failures.empty() && about.check.value_or(true) ? 0 : 1;
}

} // namespace
} // namespace word_count

int main(int argc, char** argv) {
  // Before the runtime, so that a wrong option ends the program before it starts a process. The
  // fork server is made by the runtime's constructor, so this runs once. (With start_method::spawn
  // it would run again in each worker, with the same arguments: it only reads, so it may.)
  const auto parsed = word_count::parse_options(argc, argv);
  if (const auto* exit = std::get_if<word_count::early_exit>(&parsed)) {
    std::fputs(exit->text.c_str(), exit->code == 0 ? stdout : stderr);
    return exit->code;
  }
  try {
    // Before the walk, so that workers do not begin their life with a copy of its result.
    troupe::runtime rt{argc, argv};
    return word_count::run(rt, std::get<word_count::options>(parsed));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "word_count: %s\n", error.what());
    return 1;
  }
}
