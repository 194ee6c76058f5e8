// SPDX-License-Identifier: BSD-3-Clause
#include "troupe/detail/bytes.hpp"

#include "troupe/exceptions.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <string>

namespace troupe::detail {

void throw_short_read(std::size_t wanted, std::size_t remaining) {
  throw decode_error{"message ends too early: " + std::to_string(wanted) + " bytes wanted, " +
                     std::to_string(remaining) + " left"};
}

void byte_buffer::reserve(std::size_t size_bytes) {
  if (size_bytes > capacity())
    grow(size_bytes - size());
}

void byte_buffer::grow(std::size_t needed) {
  constexpr auto limit = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());
  const auto used = size();
  if (needed > limit - used)
    throw std::bad_alloc{};
  const auto room = std::max(used + needed, std::min(limit, 2 * capacity()));
  auto fresh = std::make_unique_for_overwrite<std::byte[]>(room);
  std::memcpy(fresh.get(), begin_, used);
  heap_ = std::move(fresh);
  begin_ = heap_.get();
  cur_ = begin_ + used;
  end_ = begin_ + room;
}

void byte_buffer::use_inline(std::size_t size_bytes) noexcept {
  begin_ = inline_.data();
  cur_ = begin_ + size_bytes;
  end_ = begin_ + inline_.size();
}

void byte_buffer::take(byte_buffer& other) noexcept {
  const auto used = other.size();
  heap_ = std::move(other.heap_);
  if (heap_) {
    begin_ = other.begin_;
    cur_ = other.cur_;
    end_ = other.end_;
  } else {
    use_inline(used);
    std::memcpy(begin_, other.begin_, used);
  }
  other.use_inline(0);
}

void fixed_writer::grow(std::size_t) { throw no_room{}; }

} // namespace troupe::detail
