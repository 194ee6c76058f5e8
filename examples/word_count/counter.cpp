// SPDX-License-Identifier: BSD-3-Clause

#include "counter.hpp"

#include "file_reader.hpp"
#include "tokenizer.hpp"
#include "word_map.hpp"

#include <string_view>

namespace word_count {
namespace {

constexpr std::size_t binary_probe_bytes = 8 * 1024;

bool looks_binary(std::string_view head) { return head.find('\0') != std::string_view::npos; }

// Every part of a file has to come to the same end: each looks at the file's head.
file_count count_file(const std::string& path, file_part part, word_map& words) {
  file_count result;
  file_reader file{path, part};
  if (looks_binary(file.head(binary_probe_bytes))) {
    result.status = file_status::binary;
    return result;
  }
  while (file.read_block()) {
    const std::size_t rest = for_each_word(file.block(), file.at_end(), [&](std::string_view word) {
      ++words.count_of(word);
      ++result.words;
    });
    file.keep_from(rest); // an identifier may go on in the next block
  }
  result.bytes = file.bytes_read();
  result.error_number = file.error_number();
  result.status = result.error_number == 0 ? file_status::counted : file_status::unreadable;
  return result;
}

} // namespace

batch_counts count_batch(const batch& task) {
  batch_counts result;
  word_map words;
  for (const std::string& path : task.paths)
    result.files.push_back(count_file(path, task.part, words));
  result.words = words.pack();
  return result;
}

} // namespace word_count
