// SPDX-License-Identifier: BSD-3-Clause
#include "process/early_binding.hpp"

#include <pthread.h>

#include <cstddef>
#include <memory>
#include <ostream>
#include <sstream>

namespace troupe::detail {

namespace {

void* nothing(void* /*argument*/) { return nullptr; }

// On a stack of ours: one of glibc's would be kept, and each child's thread would copy its pages.
void run_a_thread() {
  constexpr std::size_t stack_bytes = 2 << 20; // the thread_local variables lie there as well
  const auto stack = std::make_unique_for_overwrite<std::byte[]>(stack_bytes);
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  pthread_t thread{};
  if (::pthread_attr_setstack(&attributes, stack.get(), stack_bytes) == 0 &&
      ::pthread_create(&thread, &attributes, nothing, nullptr) == 0)
    ::pthread_join(thread, nullptr);
  ::pthread_attr_destroy(&attributes);
}

// As children flush std::cerr at their end, which is tied to std::cout. Not those: what the program has in them is not
// ours to write.
void flush_a_stream() {
  std::stringbuf nowhere;
  std::ostream out{&nowhere};
  std::ostream err{&nowhere};
  err.tie(&out);
  err << std::unitbuf << std::flush;
}

} // namespace

void bind_early() noexcept {
  try {
    run_a_thread();
    flush_a_stream();
  } catch (...) {
    // No memory. Children will look for themselves.
  }
}

} // namespace troupe::detail
