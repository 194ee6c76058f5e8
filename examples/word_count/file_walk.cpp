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
  std::vector<std::pair<std::uint64_t, batch>> sized;
  for (std::size_t i = 0; i < tree.files.size(); ++i) {
    const std::uint64_t cost = tree.files[i].size_bytes + file_overhead_bytes;
    // Neighbours in a tree use the same words: a batch of them has a small result.
    if (sized.empty() || sized.back().first + cost > batch_bytes)
      sized.push_back({0, {i, {}}});
    sized.back().first += cost;
    sized.back().second.paths.push_back(tree.files[i].path);
  }
  // Large ones first: what is left at the end is small, so the workers finish together.
  std::ranges::stable_sort(sized, std::ranges::greater{}, &std::pair<std::uint64_t, batch>::first);
  std::vector<batch> batches;
  for (auto& [cost, files] : sized)
    batches.push_back(std::move(files));
  return batches;
}

} // namespace word_count
