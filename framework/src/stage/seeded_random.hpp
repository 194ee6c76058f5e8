// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace troupe::detail {

/// The same numbers for the same seed, whatever the standard library: its engines are specified to the bit, its
/// distributions are not. The bias of the remainder is of no account for the small bounds here.
class seeded_random {
 public:
  explicit seeded_random(std::uint64_t seed) : engine_{seed} {}

  std::uint64_t bits() { return engine_(); }
  /// REQUIRES: bound > 0
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }

 private:
  std::mt19937_64 engine_;
};

} // namespace troupe::detail
