// SPDX-License-Identifier: BSD-3-Clause
//
// The puzzle of Savina's NQueens, ours and the peer's alike: queens on a board, none of which attacks another.

#pragma once

#include <cstddef>
#include <map>
#include <vector>

namespace queens {

/// The column of the queen in each row that has one.
using board = std::vector<int>;

/// Whether the last queen is attacked by none.
inline bool safe(const board& b) {
  const std::size_t last = b.size() - 1;
  for (std::size_t row = 0; row < last; ++row) {
    const int columns = b[row] - b[last];
    const int rows = static_cast<int>(last - row);
    if (columns == 0 || columns == rows || columns == -rows)
      return false;
  }
  return true;
}

/// Calls `f` with each board that has one queen more and is safe.
template <class F>
void each_next(board b, long size, F f) {
  for (b.push_back(0); b.back() < size; ++b.back())
    if (safe(b))
      f(b);
}

/// Solutions that begin with these queens. All but a few per cent of the row's time: compiled once, for both.
long count(const board& b, long size);

/// What is known to be right; 0: not known here.
inline long solutions(long size) {
  static const std::map<long, long> known{{6, 4},    {7, 40},    {8, 92},    {9, 352},
                                          {10, 724}, {11, 2680}, {12, 14200}};
  const auto found = known.find(size);
  return found == known.end() ? 0 : found->second;
}

} // namespace queens
