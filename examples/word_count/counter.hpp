// SPDX-License-Identifier: BSD-3-Clause
//
// The work of one task: the identifiers in a batch of files. Runs in a worker process.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace word_count {

// A task. Plain aggregates like these need nothing more to be sent to another process.
struct batch {
  std::size_t first_file = 0; // the place of paths[0] among all files
  std::vector<std::string> paths;
};

enum class file_status : std::uint8_t { not_counted, counted, binary, unreadable };

struct file_count {
  file_status status = file_status::not_counted;
  int error_number = 0; // errno, when unreadable
  std::uint64_t bytes = 0;
  std::uint64_t words = 0;
  friend bool operator==(const file_count&, const file_count&) = default;
};

// Words and how often each was seen, as three flat blocks: they are sent as three copies of memory,
// where a map of strings would be taken apart and put together again word by word.
struct packed_words {
  std::string letters;                // all words, one after the other
  std::vector<std::uint32_t> lengths; // of each word
  std::vector<std::uint64_t> counts;  // of each word
};

struct batch_counts {
  std::vector<file_count> files; // as in batch::paths
  packed_words words;            // of all counted files together
};

/// Counts the files of a batch. A file that cannot be read is no exception but data: the other
/// files of the batch keep their result.
[[nodiscard]] batch_counts count_batch(const batch& task);

} // namespace word_count
