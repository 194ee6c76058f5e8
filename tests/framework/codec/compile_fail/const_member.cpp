// SPDX-License-Identifier: BSD-3-Clause
// expect: a const member cannot be loaded
#include <troupe/codec.hpp>

struct version {
  const int number;
};

void send(troupe::detail::byte_writer& out) { troupe::detail::encode(out, version{3}); }
