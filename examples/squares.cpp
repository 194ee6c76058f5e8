// SPDX-License-Identifier: BSD-3-Clause
//
// Squares of five numbers, computed by worker processes.
//
// Teaches: a runtime, a pool of worker processes, and map over them.
// New: everything; this is the first example.
// Expected output:
//   1 4 9 16 25

#include <troupe/troupe.hpp>

#include <cstdio>
#include <vector>

int square(int x) { return x * x; }

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv}; // worker processes never return from here
  troupe::pool pool{rt};          // one worker process per cpu

  const std::vector<int> squares = pool.map(square, {1, 2, 3, 4, 5});

  const char* separator = "";
  for (int value : squares) {
    std::printf("%s%d", separator, value);
    separator = " ";
  }
  std::printf("\n");
  return squares == std::vector<int>{1, 4, 9, 16, 25} ? 0 : 1;
}
