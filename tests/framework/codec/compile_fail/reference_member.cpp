// SPDX-License-Identifier: BSD-3-Clause
// expect: give it a serialize\(\) member, make it a plain aggregate
#include <troupe/codec.hpp>

struct view {
  int& number;
};

void send(troupe::detail::byte_writer& out, const view& v) { troupe::detail::encode(out, v); }
