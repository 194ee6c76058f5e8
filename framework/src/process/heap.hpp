// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <limits>

namespace troupe::detail {

/// Lets freed memory, up to `bytes`, stay with this process, also that of large blocks: mapping and unmapping
/// one per message costs more page faults than the copy takes. Zero: malloc is left as it is.
inline void keep_freed_memory(std::size_t bytes) {
  if (bytes == 0)
    return;
  constexpr int largest_threshold = 32 << 20; // glibc's own maximum
  const auto limit = static_cast<int>(std::min<std::size_t>(bytes, std::numeric_limits<int>::max()));
  ::mallopt(M_MMAP_THRESHOLD, std::min(limit, largest_threshold));
  ::mallopt(M_TRIM_THRESHOLD, limit);
}

} // namespace troupe::detail
