// SPDX-License-Identifier: BSD-3-Clause
// expect: troupe::bind_front\(f, values...\).*pass the values as arguments.*troupe::by_value\(lambda\)
#include <troupe/callable.hpp>

void send(troupe::detail::byte_writer& out, int factor) {
  troupe::detail::encode_callable(out, [&factor](int x) { return factor * x; });
}
