// SPDX-License-Identifier: BSD-3-Clause

#include "file_reader.hpp"

#include <algorithm>
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
file_reader::file_reader(const std::string& path)
    : descriptor_{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)} {
  struct stat about {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &about) != 0)
    error_number_ = errno;
  else if (!S_ISREG(about.st_mode))
    error_number_ = EINVAL;
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
  ssize_t got = 0;
  do {
    got = ::read(descriptor_, block.data() + used_, block.size() - used_);
  } while (got < 0 && errno == EINTR);
  if (got < 0) {
    error_number_ = errno;
    return false;
  }
  at_end_ = got == 0;
  used_ += static_cast<std::size_t>(got);
  bytes_read_ += static_cast<std::uint64_t>(got);
  return true;
}

} // namespace word_count
