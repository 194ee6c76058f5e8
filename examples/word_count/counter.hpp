// SPDX-License-Identifier: BSD-3-Clause
//
// The work of one task: the identifiers in a batch of files. Runs in a worker process.

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace word_count {

// Which bytes of a file a task counts. An identifier across the border of two parts belongs to the
// first one: what is counted begins and ends behind the next byte that belongs to no identifier.
struct file_part {
  std::uint64_t begin = 0;
  std::uint64_t end = std::numeric_limits<std::uint64_t>::max(); // the last part grows with its file
};

// A task. Plain aggregates like these need nothing more to be sent to another process.
struct batch {
  std::size_t first_file = 0; // the place of paths[0] among all files
  std::vector<std::string> paths;
  file_part part;               // of each file: a large one is cut, and has tasks of its own
  std::uint64_t size_bytes = 0; // as the walk saw it
};

// In this order: what one part of a file finds holds for the whole file if it is the later one here.
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
