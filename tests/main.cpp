// SPDX-License-Identifier: BSD-3-Clause
// The main of every test program. troupe::init comes first: Catch2 and the tests may have threads by
// the time a test makes its runtime, and a program executed as a worker never gets past it.
#define CATCH_CONFIG_RUNNER
#include <troupe/runtime.hpp>

#include <catch2/catch.hpp>

int main(int argc, char** argv) {
  troupe::init(argc, argv);
  return Catch::Session().run(argc, argv);
}
