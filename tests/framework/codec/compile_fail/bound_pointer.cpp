// SPDX-License-Identifier: BSD-3-Clause
// expect: a raw pointer means nothing in another process
#include <troupe/callable.hpp>

int first(const int* numbers, int) { return numbers[0]; }

void send(troupe::detail::byte_writer& out, const int* numbers) {
  troupe::detail::encode_callable(out, troupe::bind_front(first, numbers));
}
