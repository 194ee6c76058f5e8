// SPDX-License-Identifier: BSD-3-Clause
#include "savina/queens.hpp"

namespace queens {

long count(const board& b, long size) {
  if (static_cast<long>(b.size()) == size)
    return 1;
  long found = 0;
  each_next(b, size, [&](const board& next) { found += count(next, size); });
  return found;
}

} // namespace queens
