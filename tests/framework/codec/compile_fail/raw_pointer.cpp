// SPDX-License-Identifier: BSD-3-Clause
// expect: a raw pointer means nothing in another process
#include <troupe/codec.hpp>

struct job {
  int number;
  const char* name;
};

void send(troupe::detail::byte_writer& out) { troupe::detail::encode(out, job{1, "first"}); }
