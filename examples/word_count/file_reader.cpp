// SPDX-License-Identifier: BSD-3-Clause

#include "file_reader.hpp"

#include "tokenizer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace word_count {
namespace {

constexpr std::size_t block_bytes = 256 * 1024; // stays in a core's own cache

// One file is read at a time, so one block serves them all. It grows for a longer identifier.
std::vector<char>& shared_block() {
  static std::vector<char> block(block_bytes);
  return block;
}

} // namespace

// The file may have been replaced since the walk. O_NOFOLLOW: not by a link; O_NONBLOCK: opening
// a pipe must not wait for its writer.
file_reader::file_reader(const std::string& path, file_part part)
    : descriptor_{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)} {
  struct stat about {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &about) != 0)
    error_number_ = errno;
  else if (!S_ISREG(about.st_mode))
    error_number_ = EINVAL;
  begin_ = next_ = find_border(part.begin);
  end_ = std::max(begin_, find_border(part.end)); // the file may change meanwhile
}

file_reader::~file_reader() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

std::string_view file_reader::block() const { return {shared_block().data(), used_}; }

void file_reader::keep_from(std::size_t offset) {
  std::vector<char>& block = shared_block();
  std::copy(block.data() + offset, block.data() + used_, block.data());
  used_ -= offset;
}

bool file_reader::read_block() {
  if (error_number_ != 0 || at_end_)
    return false;
  std::vector<char>& block = shared_block();
  if (used_ == block.size())
    block.resize(2 * block.size());
  const auto wanted = std::min<std::uint64_t>(block.size() - used_, end_ - next_);
  const std::size_t got = read_at(next_, block.data() + used_, wanted);
  next_ += got;
  used_ += got;
  at_end_ = got == 0 || next_ == end_;
  return error_number_ == 0;
}

std::string_view file_reader::head(std::size_t bytes) {
  std::vector<char>& block = shared_block();
  return {block.data(), read_at(0, block.data(), std::min(bytes, block.size()))};
}

std::size_t file_reader::read_at(std::uint64_t offset, char* into, std::size_t bytes) {
  if (error_number_ != 0)
    return 0;
  ssize_t got = 0;
  do {
    got = ::pread(descriptor_, into, bytes, static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  if (got < 0)
    error_number_ = errno;
  return got < 0 ? 0 : static_cast<std::size_t>(got);
}

// Behind the first byte from the one before `near` on that belongs to no identifier. The ends of a
// file are borders.
std::uint64_t file_reader::find_border(std::uint64_t near) {
  if (near == file_part{}.begin || near == file_part{}.end)
    return near;
  std::uint64_t at = near - 1;
  for (std::array<char, 1024> bytes; std::size_t got = read_at(at, bytes.data(), bytes.size()); at += got) {
    const std::string_view text{bytes.data(), got};
    const auto found = std::ranges::find(text, letter::other, letter_of);
    if (found != text.end())
      return at + static_cast<std::uint64_t>(found - text.begin()) + 1;
  }
  return at;
}

} // namespace word_count
