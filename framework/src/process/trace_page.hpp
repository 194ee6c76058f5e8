// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::detail {

/// Whether messages are recorded, and where: a part of the session's memory. The supervisor writes, all read.
///
///   off ──begin──▶ on ──end──▶ closing ──close──▶ off, of the next generation
///
/// on: events are recorded. closing: what was recorded is written. off: the file is complete; nobody adds to it.
class trace_page {
 public:
  enum class phase : std::uint32_t { off = 0, on = 1, closing = 2 };
  struct view {
    std::uint32_t generation = 0;
    trace_page::phase phase = trace_page::phase::off;
    bool operator==(const view&) const = default;
  };
  static constexpr std::size_t longest_path = 4000;

  // Any process, any thread.
  /// One relaxed load: whoever sees `on` learns the rest by `now`.
  bool is_on() const { return split(word_.load(std::memory_order_relaxed)).phase == phase::on; }
  view now() const { return split(word_.load(std::memory_order_acquire)); }
  /// The file of that generation; empty when it is over.
  std::string path(std::uint32_t generation) const;

  // The supervisor, one thread at a time.
  /// REQUIRES: off; a path no longer than `longest_path`.
  void begin(std::string_view path);
  void end();
  void close();

 private:
  static view split(std::uint32_t word) { return {word >> 2, phase{word & 3U}}; }
  void set(view v);

  std::atomic<std::uint32_t> word_{0};                     // release: what is in path_ is for this generation
  std::array<std::atomic<char>, longest_path + 1> path_{}; // relaxed; written while off only
};

} // namespace troupe::detail
