// SPDX-License-Identifier: BSD-3-Clause
// A stage in a program that has a runtime.
#include "framework/stage/cast.hpp"

#include "support/in_runtime.hpp"

using namespace cast;

TEST_CASE("a stage works beside a runtime, and neither knows of the other's actors") {
  test_support::in_runtime(20s, [](troupe::runtime& rt) {
    const auto real = rt.spawn<counter>({.name = "real", .place = own_process}, 1);
    {
      stage s{1};
      const auto simulated = s.spawn<counter>({.name = "simulated", .place = own_process}, 2);
      CHECK(simulated.ask<&counter::total>().get() == 2);
      CHECK_FALSE(s.find<counter>("real"));
      CHECK(real.ask<&counter::total>().get(10s) == 1);
      CHECK(rt.find<counter>("simulated") == simulated); // as this thread acts on the stage
    }
    CHECK_FALSE(rt.find<counter>("simulated"));
    CHECK(rt.find<counter>("real") == real);
    CHECK(rt.spawn<counter>({.place = own_process}, 3).ask<&counter::total>().get(10s) == 3);
  });
}
