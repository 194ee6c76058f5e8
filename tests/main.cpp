// SPDX-License-Identifier: BSD-3-Clause
// The main of every test program. troupe::init comes first: Catch2 and the tests may have threads by
// the time a test makes its runtime, and a program executed as a worker never gets past it.
// TROUPE_TEST_WITHOUT_INIT leaves it out, for tests of what a runtime does then.
#define CATCH_CONFIG_RUNNER
#include <troupe/runtime.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>

int main(int argc, char** argv) {
  if (!std::getenv("TROUPE_TEST_WITHOUT_INIT"))
    troupe::init(argc, argv);
  return Catch::Session().run(argc, argv);
}
