// SPDX-License-Identifier: BSD-3-Clause

#include "report.hpp"

#include <cinttypes>
#include <cstdio>

namespace word_count {
namespace {

// A file may be called anything; a terminal would obey it.
void print_name(const std::string& name) {
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      std::printf("\\x%02x", static_cast<unsigned>(byte));
    else
      std::putchar(c);
  }
}

void print_skipped(const char* reason, const skipped_files& skipped) {
  if (skipped.count == 0)
    return;
  std::printf("skipped %zu %s:", skipped.count, reason);
  for (const std::string& name : skipped.first) {
    std::putchar(' ');
    print_name(name);
  }
  std::printf("%s\n", skipped.count > skipped.first.size() ? " ..." : "");
}

} // namespace

void print_text(const report& about) {
  const job_result& job = about.job;
  const tally& counted = job.counted;
  for (const auto& [word, count] : counted.words().most_frequent(20))
    std::printf("%12" PRIu64 "  %s\n", count, word.c_str());

  const double megabytes = static_cast<double>(counted.bytes()) / 1e6;
  std::printf("\n%" PRIu64 " identifiers, %zu different ones\n", counted.word_total(),
              counted.words().size());
  std::printf("%zu files, %" PRIu64 " bytes in %.2f s: %.0f MB/s (%.2f s spent merging)\n",
              counted.files_with(file_status::counted), counted.bytes(), job.seconds, megabytes / job.seconds,
              job.seconds_merging);
  print_skipped("binary", skipped(about.tree, counted, file_status::binary));
  print_skipped("unreadable", skipped(about.tree, counted, file_status::unreadable));
  print_skipped("not counted", skipped(about.tree, counted, file_status::not_counted));
  for (const std::string& failure : job.failures)
    std::printf("failed: %s\n", failure.c_str());

  for (std::size_t i = 0; i < job.workers.size(); ++i) {
    const troupe::worker_info& worker = job.workers[i];
    std::printf("worker %zu: pid %d, %zu tasks, %d restarts, busy %.2f s\n", i + 1,
                static_cast<int>(worker.pid), worker.tasks_done, worker.restarts, worker.seconds_busy);
  }
  if (about.chosen.chaos)
    std::printf("chaos: %u workers killed\n", job.killed);
  if (about.check)
    std::printf("check: %s\n", *about.check ? "ok" : "the results differ");
}

} // namespace word_count
