// SPDX-License-Identifier: BSD-3-Clause
//
// Finds the files to count and groups them into tasks.

#pragma once

#include "counter.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace word_count {

struct found_file {
  std::string path;
  std::uint64_t size_bytes;
};

struct unreadable_directory {
  std::string path;
  int error_number;
};

struct file_tree {
  std::vector<found_file> files; // regular files only, sorted by path
  std::vector<unreadable_directory> unreadable;
  std::uint64_t size_bytes = 0;
};

/// Finds every regular file below `directory`. Symbolic links below it are not followed, so that
/// no file is counted twice and no loop is entered.
[[nodiscard]] file_tree find_files(const std::string& directory);

/// Groups neighbouring files into tasks of about `batch_bytes`, and cuts larger files into parts;
/// the largest tasks come first.
[[nodiscard]] std::vector<batch> make_batches(const file_tree& tree, std::uint64_t batch_bytes);

} // namespace word_count
