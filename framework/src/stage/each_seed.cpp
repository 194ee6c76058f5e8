// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/test.hpp>

#include "stage/stage_state.hpp"

#include <troupe/exceptions.hpp>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <optional>
#include <string>

namespace troupe::test {

namespace {

std::optional<std::uint64_t> seed_to_repeat() {
  const char* text = std::getenv("TROUPE_SEED");
  if (!text)
    return std::nullopt;
  std::uint64_t seed = 0;
  const auto* end = text + std::strlen(text);
  if (const auto read = std::from_chars(text, end, seed); read.ec != std::errc{} || read.ptr != end)
    throw usage_error("TROUPE_SEED is no seed: '" + std::string{text} + "'");
  return seed;
}

} // namespace

void each_seed(std::size_t count, const std::function<void(stage&)>& f) {
  const auto try_with = [&](std::uint64_t seed) {
    try {
      stage s{seed};
      s.state_->prints_seed = false;
      f(s);
    } catch (...) {
      std::cerr << "failed with seed " << seed << "; repeat with TROUPE_SEED=" << seed << std::endl;
      throw;
    }
  };
  if (const auto only = seed_to_repeat()) {
    try_with(*only);
    return;
  }
  for (std::uint64_t seed = 1; seed <= count; ++seed)
    try_with(seed);
}

} // namespace troupe::test
