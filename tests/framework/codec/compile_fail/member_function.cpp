// SPDX-License-Identifier: BSD-3-Clause
// expect: a pointer to member cannot be called in another process
#include <troupe/callable.hpp>

struct account {
  long balance() const { return 0; }
};

void send(troupe::detail::byte_writer& out) { troupe::detail::encode_callable(out, &account::balance); }
