// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "support/leftovers.hpp"
#include "support/within.hpp"

#include <troupe/troupe.hpp>

#include <catch2/catch.hpp>

#include <chrono>

namespace test_support {

using namespace std::chrono_literals;

/// Runs `body(runtime)` with a deadline, then proves that the runtime has left nothing.
template <class Body>
void in_runtime(std::chrono::milliseconds limit, Body&& body, troupe::runtime_options options = {}) {
  within(limit, [&] {
    const auto before = leftovers::now();
    {
      troupe::runtime rt{0, nullptr, options};
      body(rt);
    }
    // The kernel takes a thread out of /proc a moment after it was joined.
    eventually(1s, [&] { return leftovers::now() == before; });
    CHECK(leftovers::now() == before);
  });
}

/// The same with a pool of two workers, and `body(pool)`.
template <class Body>
void in_pool(std::chrono::milliseconds limit, Body&& body, troupe::pool_options options = {.processes = 2}) {
  in_runtime(limit, [&](troupe::runtime& rt) {
    troupe::pool pool{rt, options};
    body(pool);
  });
}

} // namespace test_support
