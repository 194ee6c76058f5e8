// SPDX-License-Identifier: BSD-3-Clause
#include "link/bulk_area.hpp"

#include <troupe/exceptions.hpp>

#include <sys/mman.h>

#include <algorithm>
#include <new>
#include <string>

namespace troupe::detail {

namespace {

constexpr std::uint64_t page = 4096;

// Stretches that begin below this stay resident: reuse without page faults is what makes large
// payloads cheap (a fresh page costs more than copying it).
constexpr std::uint64_t kept_warm = 64ULL << 20;

} // namespace

bulk_area::bulk_area(std::span<std::byte> area) : area_{area} { free_.emplace(0, area.size()); }

void bulk_area::free_stretch(std::uint64_t offset, std::uint64_t size_bytes) {
  const auto end = offset + size_bytes;
  if (end > kept_warm) {
    const auto from = std::max(offset, kept_warm);
    ::madvise(area_.data() + from, end - from, MADV_REMOVE);
  }
  auto after = free_.lower_bound(offset);
  if (after != free_.begin()) {
    auto before = std::prev(after);
    if (before->first + before->second == offset) {
      offset = before->first;
      size_bytes += before->second;
      free_.erase(before);
    }
  }
  if (after != free_.end() && offset + size_bytes == after->first) {
    size_bytes += after->second;
    free_.erase(after);
  }
  free_.emplace(offset, size_bytes);
}

void bulk_area::collect_returned() {
  std::erase_if(lent_, [this](const auto& stretch) {
    auto* header = reinterpret_cast<bulk_header*>(area_.data() + stretch.first);
    if (header->state.load(std::memory_order_acquire) != bulk_header::returned)
      return false;
    free_stretch(stretch.first, stretch.second);
    return true;
  });
}

bulk_extent bulk_area::allocate(std::size_t size_bytes) {
  collect_returned();
  const auto total = (size_bytes + sizeof(bulk_header) + page - 1) / page * page;
  auto fits = std::find_if(free_.begin(), free_.end(), [&](const auto& s) { return s.second >= total; });
  if (size_bytes > area_.size() || fits == free_.end())
    throw error("a message of " + std::to_string(size_bytes) + " bytes does not fit the " +
                std::to_string(area_.size()) + " bytes a link has for large payloads; " +
                "put the data into shared memory (array, shared_memory) and send its handle");
  const auto [offset, available] = *fits;
  free_.erase(fits);
  if (available > total)
    free_.emplace(offset + total, available - total);
  lent_.emplace_back(offset, total);
  auto* header = new (area_.data() + offset) bulk_header;
  return {header, area_.subspan(offset + sizeof(bulk_header), total - sizeof(bulk_header)),
          offset + sizeof(bulk_header)};
}

void bulk_area::cancel(const bulk_extent& extent) {
  extent.header->state.store(bulk_header::returned, std::memory_order_release);
}

std::span<const std::byte> resolve_bulk(std::span<std::byte> area, bulk_reference ref) {
  if (ref.offset < sizeof(bulk_header) || ref.offset % alignof(bulk_header) != 0 ||
      ref.offset > area.size() || ref.size_bytes > area.size() - ref.offset)
    throw decode_error("malformed frame on a link: payload outside the bulk area");
  return area.subspan(ref.offset, ref.size_bytes);
}

} // namespace troupe::detail
