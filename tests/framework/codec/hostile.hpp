// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <random>
#include <vector>

// For one source file of a program only: it replaces the operators new and delete.

namespace troupe::test_codec {

/// How much memory from `operator new` is in use beyond what was when it was made, at most.
class memory_meter {
 public:
  memory_meter() : before_{live_bytes} { peak_bytes = live_bytes; }
  bool in_proportion_to(std::size_t message_bytes) const {
    return peak_bytes - before_ <= 16 * 1024 + 64 * message_bytes;
  }

  static inline std::size_t live_bytes = 0;
  static inline std::size_t peak_bytes = 0;

 private:
  std::size_t before_;
};

/// Flips bits, overwrites bytes with telling values, cuts off or repeats a part.
inline void damage(std::vector<std::byte>& bytes, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  for (auto times = 1 + below(4); times > 0 && !bytes.empty(); --times) {
    const auto at = below(bytes.size());
    constexpr std::uint8_t telling[] = {0, 1, 2, 0x7f, 0x80, 0xff};
    switch (below(5)) {
      case 0:
        bytes[at] ^= static_cast<std::byte>(1u << below(8));
        break;
      case 1:
        bytes[at] = static_cast<std::byte>(telling[below(6)]);
        break;
      case 2:
        bytes[at] = static_cast<std::byte>(below(256));
        break;
      case 3:
        bytes.resize(at);
        break;
      default:
        std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                  bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), at + 8)),
                  std::byte{0xff});
    }
  }
}

} // namespace troupe::test_codec

#ifndef __SANITIZE_ADDRESS__ // which counts for itself, and wants to be the only one

// Counts for the whole program. Not inlined: the compiler would see malloc and free, and warn that
// they are no match for new and delete.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (!memory)
    throw std::bad_alloc{};
  troupe::test_codec::memory_meter::live_bytes += ::malloc_usable_size(memory);
  troupe::test_codec::memory_meter::peak_bytes =
      std::max(troupe::test_codec::memory_meter::peak_bytes, troupe::test_codec::memory_meter::live_bytes);
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  troupe::test_codec::memory_meter::live_bytes -= ::malloc_usable_size(memory);
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

#endif
