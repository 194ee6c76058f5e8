// SPDX-License-Identifier: BSD-3-Clause
#include "process/trace_page.hpp"

namespace troupe::detail {

void trace_page::set(view v) {
  word_.store(v.generation << 2 | static_cast<std::uint32_t>(v.phase), std::memory_order_release);
}

void trace_page::begin(std::string_view path) {
  const auto generation = now().generation;
  // Readers of the generation before that come late look at the word once more: they must not see the new path
  // with the old word.
  std::atomic_thread_fence(std::memory_order_release);
  for (std::size_t i = 0; i < path.size(); ++i)
    path_[i].store(path[i], std::memory_order_relaxed);
  path_[path.size()].store('\0', std::memory_order_relaxed);
  set({generation, phase::on});
}

void trace_page::end() { set({now().generation, phase::closing}); }

void trace_page::close() { set({now().generation + 1, phase::off}); }

std::string trace_page::path(std::uint32_t generation) const {
  std::string found;
  for (std::size_t i = 0; i < longest_path; ++i) {
    const char c = path_[i].load(std::memory_order_relaxed);
    if (c == '\0')
      break;
    found.push_back(c);
  }
  std::atomic_thread_fence(std::memory_order_acquire);
  return now().generation == generation ? found : std::string{};
}

} // namespace troupe::detail
