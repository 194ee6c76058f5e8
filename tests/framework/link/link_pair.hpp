// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/link.hpp"

#include <cstring>
#include <functional>
#include <memory>
#include <vector>

namespace troupe::detail {

/// Both ends of a link in one process.
struct link_pair {
  std::shared_ptr<segment> memory = std::make_shared<segment>(segment::create());
  doorbell parent_bell;
  doorbell child_bell;
  link parent{memory, direction::down, child_bell};
  link child{memory, direction::up, parent_bell};
};

/// A message as a test sees it.
struct received {
  actor_number target = 0;
  std::uint32_t tag = 0;
  payload body;
};

using link_end = link; // where <unistd.h> has another link

inline void send_bytes(link& l, std::uint32_t tag, const void* bytes, std::size_t size_bytes) {
  l.send(1, tag, [&](byte_writer& w) { w.put(bytes, size_bytes); });
}

inline std::vector<received> drain_all(link& l) {
  std::vector<received> all;
  while (l.drain(64, [&](actor_number target, std::uint32_t tag, payload&& body) {
    all.push_back({target, tag, std::move(body)});
  }) != 0) {
  }
  return all;
}

/// Bytes that follow from a seed, so that the receiver can check them without having them.
inline std::byte pattern(std::uint64_t seed, std::size_t at) {
  return static_cast<std::byte>((seed * 31 + at * 7) >> 1);
}

inline void fill_pattern(std::span<std::byte> bytes, std::uint64_t seed) {
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = pattern(seed, i);
}

inline bool has_pattern(std::span<const std::byte> bytes, std::uint64_t seed) {
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (bytes[i] != pattern(seed, i))
      return false;
  return true;
}

} // namespace troupe::detail
