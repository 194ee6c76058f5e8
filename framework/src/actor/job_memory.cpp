// SPDX-License-Identifier: BSD-3-Clause
#include "actor/job_memory.hpp"

#include <array>
#include <new>

namespace troupe::detail::job_memory {

namespace {

constexpr std::size_t step_bytes = 64;
constexpr std::size_t most_bytes = 256;
constexpr unsigned most_of_a_size = 256; // what is taken from a link at once

struct block {
  block* next;
};

struct block_list {
  block* first;
  unsigned length;
};

enum class phase { unused, open, over }; // over: the thread ends

// Without a destructor: jobs of a runtime in a static variable get here after the thread's objects are gone.
struct cache {
  std::array<block_list, most_bytes / step_bytes> lists;
  phase now;
};
constinit thread_local cache mine{};

// AddressSanitizer is to see every job come and go.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool keeps = false;
#else
constexpr bool keeps = true;
#endif

struct emptier {
  ~emptier() {
    mine.now = phase::over;
    for (auto& list : mine.lists)
      while (auto* b = list.first) {
        list.first = b->next;
        ::operator delete(b);
      }
  }
};

void open() {
  static thread_local const emptier at_end_of_thread;
  static_cast<void>(at_end_of_thread);
  mine.now = phase::open;
}

std::size_t rounded(std::size_t size_bytes) {
  return (size_bytes + step_bytes - 1) / step_bytes * step_bytes;
}

} // namespace

void* take(std::size_t size_bytes) {
  if (!keeps || size_bytes > most_bytes)
    return ::operator new(size_bytes);
  auto& list = mine.lists[(size_bytes - 1) / step_bytes];
  auto* b = list.first;
  if (!b)
    return ::operator new(rounded(size_bytes));
  list.first = b->next;
  --list.length;
  return b;
}

void give_back(void* memory, std::size_t size_bytes) noexcept {
  if (keeps && size_bytes <= most_bytes && mine.now != phase::over) {
    if (mine.now == phase::unused) [[unlikely]]
      open();
    auto& list = mine.lists[(size_bytes - 1) / step_bytes];
    if (list.length < most_of_a_size) {
      list.first = ::new (memory) block{list.first};
      ++list.length;
      return;
    }
  }
  ::operator delete(memory);
}

} // namespace troupe::detail::job_memory
