// SPDX-License-Identifier: BSD-3-Clause
// expect: this callable must take no arguments
#include <troupe/callable.hpp>

void open(int) {}

auto make() { return troupe::callable{open}; }
