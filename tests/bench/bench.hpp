// SPDX-License-Identifier: BSD-3-Clause
//
// What every benchmark program of Troupe shares.

#pragma once

#include "report.hpp"

#include <troupe/troupe.hpp>

#include <string>
#include <vector>

namespace bench {

/// The main of such a program: `measure(rt, size)` returns a result whose every part it has checked, or throws.
template <class Measure>
int run(int argc, char** argv, const row& about, Measure measure) {
  return report(argc, argv, about, [&](long size) {
    troupe::runtime rt{argc, argv};
    return measure(rt, size);
  });
}

} // namespace bench
