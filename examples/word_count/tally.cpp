// SPDX-License-Identifier: BSD-3-Clause

#include "tally.hpp"

#include <algorithm>
#include <system_error>

namespace word_count {
namespace {

constexpr std::size_t names_shown = 3;

void note(skipped_files& skipped, const std::string& path, int error_number) {
  ++skipped.count;
  if (skipped.first.size() == names_shown)
    return;
  const bool has_cause = error_number != 0;
  skipped.first.push_back(has_cause ? path + " (" + std::generic_category().message(error_number) + ")"
                                    : path);
}

} // namespace

void tally::add(const batch& task, const batch_counts& result) {
  for (std::size_t i = 0; i < result.files.size(); ++i) {
    const file_count& file = result.files[i];
    file_count& sum = files_.at(task.first_file + i);
    sum.status = std::max(sum.status, file.status);
    sum.error_number = std::max(sum.error_number, file.error_number);
    sum.bytes += file.bytes;
    sum.words += file.words;
    word_total_ += file.words;
    if (file.status == file_status::counted)
      bytes_ += file.bytes;
  }
  words_.add(result.words);
}

void tally::note_not_counted(const batch& task) {
  for (std::size_t i = 0; i < task.paths.size(); ++i)
    files_.at(task.first_file + i).status = file_status::not_counted;
}

std::size_t tally::files_with(file_status status) const {
  return static_cast<std::size_t>(std::ranges::count(files_, status, &file_count::status));
}

skipped_files skipped(const file_tree& tree, const tally& counted, file_status status) {
  skipped_files result;
  if (status == file_status::unreadable)
    for (const auto& directory : tree.unreadable)
      note(result, directory.path, directory.error_number);
  for (std::size_t i = 0; i < tree.files.size(); ++i)
    if (counted.files()[i].status == status)
      note(result, tree.files[i].path, counted.files()[i].error_number);
  return result;
}

} // namespace word_count
