// SPDX-License-Identifier: BSD-3-Clause
#include <iostream>
#include <troupe/troupe.hpp>
#include <vector>

int square(int n) { return n * n; }

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  troupe::pool pool{rt, {.processes = 2}};
  const std::vector<int> numbers{1, 2, 3, 4, 5};
  const std::vector<int> squares = pool.map(square, numbers);
  for (int n : pool.imap(square, numbers))
    std::cout << n << '\n';
  return squares == std::vector<int>{1, 4, 9, 16, 25} ? 0 : 1;
}
