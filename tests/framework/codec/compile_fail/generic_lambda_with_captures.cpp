// SPDX-License-Identifier: BSD-3-Clause
// expect: troupe::bind_front\(f, values...\)
#include <troupe/callable.hpp>

auto make(int factor) {
  return troupe::callable{[factor](auto... rest) { return (factor + ... + rest); }};
}
