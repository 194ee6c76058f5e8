// SPDX-License-Identifier: BSD-3-Clause
// expect: the captures must be trivially copyable
#include <troupe/callable.hpp>

#include <string>

auto make(const std::string& name) {
  return troupe::by_value([name] { return name.size(); });
}
