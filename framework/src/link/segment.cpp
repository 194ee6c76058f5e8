// SPDX-License-Identifier: BSD-3-Clause
#include "link/segment.hpp"

#include <new>
#include <utility>

namespace troupe::detail {

namespace {

constexpr std::size_t page_bytes = 4096;
constexpr std::size_t ring_bytes = page_bytes + segment::ring_capacity; // words, then data
constexpr std::size_t black_box_at = page_bytes;
constexpr std::size_t rings_at = black_box_at + segment::black_box_bytes;
constexpr std::size_t bulk_at = rings_at + 2 * ring_bytes;
constexpr std::size_t total_bytes = bulk_at + 2 * segment::bulk_bytes;

static_assert(sizeof(child_page) <= page_bytes && sizeof(ring_words) <= page_bytes);

constexpr std::size_t index(direction d) { return d == direction::down ? 0 : 1; }

} // namespace

segment segment::create() {
  segment s{shared_mapping::create("troupe-link", total_bytes)};
  new (s.mapping_.data()) child_page;
  for (auto d : {direction::down, direction::up})
    new (s.ring(d).words) ring_words;
  return s;
}

segment segment::open(descriptor fd) { return segment{shared_mapping::open(std::move(fd), total_bytes)}; }

child_page& segment::page() const { return *reinterpret_cast<child_page*>(mapping_.data()); }

std::span<std::byte> segment::black_box() const { return {mapping_.data() + black_box_at, black_box_bytes}; }

ring_memory segment::ring(direction d) const {
  auto* at = mapping_.data() + rings_at + index(d) * ring_bytes;
  return {reinterpret_cast<ring_words*>(at), at + page_bytes, ring_capacity};
}

std::span<std::byte> segment::bulk(direction d) const {
  return {mapping_.data() + bulk_at + index(d) * bulk_bytes, bulk_bytes};
}

} // namespace troupe::detail
