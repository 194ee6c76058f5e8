// SPDX-License-Identifier: BSD-3-Clause

#include "file_walk.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace word_count {
namespace {

namespace fs = std::filesystem;

// What opening, reading and closing a file costs, in bytes that could have been counted instead.
constexpr std::uint64_t file_overhead_bytes = 4 * 1024;

// Notes the files of one directory, and returns its subdirectories.
std::vector<fs::path> list_directory(const fs::path& directory, file_tree& tree) {
  std::vector<fs::path> below;
  std::error_code error;
  // Not recursive_directory_iterator: it ends at the first directory that it may not read.
  fs::directory_iterator entry{directory, error};
  for (; !error && entry != fs::directory_iterator{}; entry.increment(error)) {
    std::error_code gone; // a file may vanish between being listed and being looked at
    const auto type = entry->symlink_status(gone).type();
    if (type == fs::file_type::directory) {
      below.push_back(entry->path());
    } else if (type == fs::file_type::regular) {
      const std::uint64_t size = entry->file_size(gone);
      tree.files.push_back({entry->path().string(), gone ? 0 : size});
    }
  }
  if (error)
    tree.unreadable.push_back({directory.string(), error.value()});
  return below;
}

std::uint64_t cost(const batch& task) { return task.size_bytes + task.paths.size() * file_overhead_bytes; }

void add_parts(std::vector<batch>& batches, std::size_t index, const found_file& file,
               std::uint64_t part_bytes) {
  for (std::uint64_t begin = 0; begin < file.size_bytes; begin += part_bytes) {
    const std::uint64_t size = std::min(part_bytes, file.size_bytes - begin);
    file_part part{.begin = begin};
    if (begin + size < file.size_bytes)
      part.end = begin + size;
    batches.push_back({.first_file = index, .paths = {file.path}, .part = part, .size_bytes = size});
  }
}

} // namespace

file_tree find_files(const std::string& directory) {
  file_tree tree;
  std::vector<fs::path> waiting{directory};
  while (!waiting.empty()) {
    const fs::path next = std::move(waiting.back());
    waiting.pop_back();
    for (fs::path& below : list_directory(next, tree))
      waiting.push_back(std::move(below));
  }
  std::ranges::sort(tree.files, {}, &found_file::path);
  std::ranges::sort(tree.unreadable, {}, &unreadable_directory::path);
  for (const found_file& file : tree.files)
    tree.size_bytes += file.size_bytes;
  return tree;
}

std::vector<batch> make_batches(const file_tree& tree, std::uint64_t batch_bytes) {
  std::vector<batch> batches;
  bool full = true;
  for (std::size_t i = 0; i < tree.files.size(); ++i) {
    const found_file& file = tree.files[i];
    if (file.size_bytes > batch_bytes) {
      add_parts(batches, i, file, batch_bytes);
      full = true;
      continue;
    }
    // Neighbours in a tree use the same words: a batch of them has a small result.
    if (full || cost(batches.back()) + file.size_bytes + file_overhead_bytes > batch_bytes)
      batches.push_back({.first_file = i, .paths = {}, .part = {}});
    full = false;
    batches.back().paths.push_back(file.path);
    batches.back().size_bytes += file.size_bytes;
  }
  // Large ones first: what is left at the end is small, so the workers finish together.
  std::ranges::stable_sort(batches, std::ranges::greater{}, cost);
  return batches;
}

} // namespace word_count
