// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "stage/seeded_random.hpp"
#include "stage/stage_world.hpp"

#include <troupe/test.hpp>

namespace troupe::test {

struct stage::state {
  explicit state(std::uint64_t seed);

  detail::stage_world world;
  detail::seeded_random random; // the test's own
  const int exceptions_before;  // under way when the stage was made
  bool prints_seed = true;      // false: somebody else does
};

} // namespace troupe::test
