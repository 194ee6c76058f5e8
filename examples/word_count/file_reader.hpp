// SPDX-License-Identifier: BSD-3-Clause
//
// Reads a part of a file block by block into memory that is used again for the next one.

#pragma once

#include "counter.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace word_count {

class file_reader {
 public:
  file_reader(const std::string& path, file_part part);
  ~file_reader();
  file_reader(const file_reader&) = delete;
  file_reader& operator=(const file_reader&) = delete;

  /// The first bytes of the file, whichever part is read; to be asked for before the first block.
  [[nodiscard]] std::string_view head(std::size_t bytes);
  /// Reads on. False once everything was delivered, or after an error.
  [[nodiscard]] bool read_block();
  /// What was kept of the block before, followed by what was read now.
  [[nodiscard]] std::string_view block() const;
  /// True when nothing follows this block.
  [[nodiscard]] bool at_end() const { return at_end_; }
  /// The next block shall begin with this one's text from `offset` on.
  void keep_from(std::size_t offset);

  [[nodiscard]] std::uint64_t bytes_read() const { return next_ - begin_; }
  [[nodiscard]] int error_number() const { return error_number_; } // 0: all went well

 private:
  std::size_t read_at(std::uint64_t offset, char* into, std::size_t bytes); // 0 also after an error
  std::uint64_t find_border(std::uint64_t near);

  int descriptor_;
  int error_number_ = 0;
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
  std::uint64_t next_ = 0; // the offset of what is read next
  bool at_end_ = false;
  std::size_t used_ = 0; // bytes of the block in memory
};

} // namespace word_count
