// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "support/within.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>

/// Repetition with random instants. TROUPE_REPEAT=20 multiplies the repetitions, for a long run;
/// TROUPE_SEED=n runs the one repetition that failed with that seed.

namespace test_support {

using random_source = std::mt19937;

inline long environment_number(const char* name, long otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtol(text, nullptr, 10) : otherwise;
}

/// Calls `body(random)` so many times, each time with another seed, which a failure prints.
template <class Body>
void repeat(int times, Body&& body) {
  if (const long seed = environment_number("TROUPE_SEED", -1); seed >= 0) {
    random_source random{static_cast<unsigned>(seed)};
    body(random);
    return;
  }
  const long all = std::max(1L, times * environment_number("TROUPE_REPEAT", 1) / slowness);
  std::random_device fresh;
  for (long i = 0; i < all; ++i) {
    const auto seed = fresh() >> 1;
    CAPTURE(seed);
    current_seed.store(seed);
    random_source random{seed};
    body(random);
  }
}

/// How many seeds a stage is tried with.
inline std::size_t seeds(std::size_t count) {
  return count * static_cast<std::size_t>(environment_number("TROUPE_REPEAT", 1));
}

inline int random_below(random_source& random, int bound) {
  return std::uniform_int_distribution<int>{0, bound - 1}(random);
}

/// Lets a random time pass: the instant of a fault.
inline void wait_up_to(random_source& random, std::chrono::microseconds longest) {
  const auto time = std::chrono::microseconds{random_below(random, static_cast<int>(longest.count()) + 1)};
  std::this_thread::sleep_for(time); // sleep: a fault strikes at a random instant
}

} // namespace test_support
