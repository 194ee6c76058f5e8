// SPDX-License-Identifier: BSD-3-Clause

#include "counter.hpp"

#include "file_reader.hpp"
#include "tokenizer.hpp"
#include "word_map.hpp"

#include <string_view>

namespace word_count {
namespace {

constexpr std::size_t binary_probe_bytes = 8 * 1024;

bool looks_binary(std::string_view head) {
  return head.substr(0, binary_probe_bytes).find('\0') != std::string_view::npos;
}

file_count count_file(const std::string& path, word_map& words) {
  file_count result;
  file_reader file{path};
  bool first_block = true;
  while (file.read_block()) {
    if (first_block && looks_binary(file.block())) {
      result.status = file_status::binary;
      return result;
    }
    first_block = false;
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
    result.files.push_back(count_file(path, words));
  result.words = words.pack();
  return result;
}

} // namespace word_count
