// SPDX-License-Identifier: BSD-3-Clause
//
// What every benchmark program shares, of ours or of a peer: it measures one row, checks what it got, and prints
// one line of JSON. tests/bench/run starts it, in turn with those it is compared with.

#pragma once

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace bench {

using clock = std::chrono::steady_clock;

inline double seconds_since(clock::time_point start) {
  return std::chrono::duration<double>(clock::now() - start).count();
}

// Fast and wrong is not a result.
inline void require(bool holds, const char* what) {
  if (!holds)
    throw std::runtime_error{std::string{"wrong result: "} + what};
}

struct row {
  const char* name;
  const char* unit;
  long size; // how much to do when the command line does not say
};

struct result {
  double value;
  std::vector<std::pair<const char*, double>> details = {}; // to understand the value by
};

inline void print(const row& about, long size, const result& measured) {
  std::printf(R"({"row": "%s", "unit": "%s", "value": %.9g, "size": %ld, "checked": true)", about.name,
              about.unit, measured.value, size);
  for (const auto& [name, value] : measured.details)
    std::printf(R"(, "%s": %.9g)", name, value);
  std::printf("}\n");
}

/// `PROGRAM [SIZE] [--OPTION]`
inline long size_of_job(int argc, char** argv, const row& about) {
  const bool given = argc > 1 && std::string{argv[1]}.rfind("--", 0) != 0;
  const long size = given ? std::atol(argv[1]) : about.size;
  require(size > 0, "the size must be a number above 0");
  return size;
}

/// The main of a benchmark program: `measure(size)` returns a result whose every part it has checked, or throws.
template <class Measure>
int report(int argc, char** argv, const row& about, Measure measure) {
  try {
    const long size = size_of_job(argc, argv, about);
    print(about, size, measure(size));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", about.name, error.what());
    return 1;
  }
}

} // namespace bench
