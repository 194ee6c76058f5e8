// SPDX-License-Identifier: BSD-3-Clause
//
// The sum of all results, kept by the supervisor.

#pragma once

#include "counter.hpp"
#include "file_walk.hpp"
#include "word_map.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace word_count {

class tally {
 public:
  explicit tally(std::size_t file_count) : files_(file_count) {}

  void add(const batch& task, const batch_counts& result);
  /// To be said after all results: another part of the same file may have been counted.
  void note_not_counted(const batch& task);

  [[nodiscard]] const word_map& words() const { return words_; }
  [[nodiscard]] const std::vector<file_count>& files() const { return files_; } // as in the tree
  [[nodiscard]] std::uint64_t word_total() const { return word_total_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; } // in counted files
  [[nodiscard]] std::size_t files_with(file_status status) const;
  friend bool operator==(const tally&, const tally&) = default;

 private:
  std::vector<file_count> files_;
  word_map words_;
  std::uint64_t word_total_ = 0;
  std::uint64_t bytes_ = 0;
};

// Files left out for one reason, with the first few names (and why, where it differs).
struct skipped_files {
  std::size_t count = 0;
  std::vector<std::string> first;
};

[[nodiscard]] skipped_files skipped(const file_tree& tree, const tally& counted, file_status status);

} // namespace word_count
