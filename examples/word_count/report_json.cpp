// SPDX-License-Identifier: BSD-3-Clause

#include "json_writer.hpp"
#include "report.hpp"

#include <cstdio>

namespace word_count {
namespace {

void write_skipped(json_writer& out, const char* reason, const skipped_files& skipped) {
  out.key(reason).open('{').key("count").value(skipped.count).key("first").open('[');
  for (const std::string& name : skipped.first)
    out.value(name);
  out.close(']').close('}');
}

void write_words(json_writer& out, const word_map& words) {
  out.key("most_frequent").open('[');
  for (const auto& [word, count] : words.most_frequent(20))
    out.open('{').key("word").value(word).key("count").value(count).close('}');
  out.close(']');
}

void write_workers(json_writer& out, const std::vector<troupe::worker_info>& workers) {
  out.key("workers").open('[');
  for (const troupe::worker_info& worker : workers) {
    out.open('{').key("pid").value(worker.pid).key("tasks_done").value(worker.tasks_done);
    out.key("restarts").value(worker.restarts).key("seconds_busy").value(worker.seconds_busy);
    out.close('}');
  }
  out.close(']');
}

} // namespace

void print_json(const report& about) {
  const job_result& job = about.job;
  const tally& counted = job.counted;
  json_writer out;
  out.open('{').key("directory").value(about.chosen.directory);
  write_words(out, counted.words());
  out.key("identifiers").value(counted.word_total());
  out.key("different_identifiers").value(counted.words().size());
  out.key("files").value(counted.files_with(file_status::counted));
  out.key("bytes").value(counted.bytes());
  out.key("seconds").value(job.seconds).key("seconds_merging").value(job.seconds_merging);
  out.key("megabytes_per_second").value(static_cast<double>(counted.bytes()) / 1e6 / job.seconds);
  write_skipped(out, "binary", skipped(about.tree, counted, file_status::binary));
  write_skipped(out, "unreadable", skipped(about.tree, counted, file_status::unreadable));
  write_skipped(out, "not_counted", skipped(about.tree, counted, file_status::not_counted));
  out.key("failures").open('[');
  for (const std::string& failure : job.failures)
    out.value(failure);
  out.close(']');
  write_workers(out, job.workers);
  out.key("killed").value(job.killed);
  out.key("check");
  if (about.check)
    out.value(*about.check ? "ok" : "differs");
  else
    out.null();
  out.close('}');
  std::printf("%s\n", out.text().c_str());
}

} // namespace word_count
