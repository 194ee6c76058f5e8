// SPDX-License-Identifier: BSD-3-Clause
//
// What producers and consumers of Savina's BoundedBuffer are busy with, ours and the peer's alike.

#pragma once

#include <cmath>

namespace work {

/// Some time: 25 logarithms.
inline double on(double item) {
  for (int i = 0; i < 25; ++i)
    item += std::log(std::abs(item) + i + 1.5);
  return item;
}

} // namespace work
