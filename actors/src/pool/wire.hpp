// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace troupe::detail {

// What a pool's actor and its workers' actors say to one another.
//
//   pool ──run: chunks, one after the other──▶ worker
//   pool ◀──results: groups of results──────── worker
//   pool ◀──ready / unfit: failure──────────── worker   once, when its initializer has run
//
// Wire values: stable; never renumber.
enum class pool_tag : std::uint32_t { run = 1, results = 2, ready = 3, unfit = 4 };

/// The address of the worker's actor in its process.
inline constexpr std::uint32_t worker_number = 1;

/// Stands before every chunk of a run message; the callable and the items follow.
struct chunk_header {
  std::uint64_t chunk = 0; // number, counted per worker from 1
  std::uint64_t items_bytes = 0;
  std::uint32_t callable_bytes = 0;
  std::uint32_t code = 0; // task_code, as an index into the code table
  std::uint32_t count = 0;
  std::uint16_t stream = 0;  // 1: results do not wait for the end of the chunk
  std::uint16_t patient = 0; // 1: they may wait for those of later chunks
};

} // namespace troupe::detail
