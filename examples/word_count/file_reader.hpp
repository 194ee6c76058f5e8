// SPDX-License-Identifier: BSD-3-Clause
//
// Reads a file block by block into memory that is used again for the next file.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace word_count {

class file_reader {
 public:
  explicit file_reader(const std::string& path);
  ~file_reader();
  file_reader(const file_reader&) = delete;
  file_reader& operator=(const file_reader&) = delete;

  /// Reads on. False once everything was delivered, or after an error.
  [[nodiscard]] bool read_block();
  /// What was kept of the block before, followed by what was read now.
  [[nodiscard]] std::string_view block() const;
  /// True when nothing follows this block.
  [[nodiscard]] bool at_end() const { return at_end_; }
  /// The next block shall begin with this one's text from `offset` on.
  void keep_from(std::size_t offset);

  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  [[nodiscard]] int error_number() const { return error_number_; } // 0: all went well

 private:
  int descriptor_;
  int error_number_ = 0;
  bool at_end_ = false;
  std::size_t used_ = 0; // bytes of the block in memory
  std::uint64_t bytes_read_ = 0;
};

} // namespace word_count
