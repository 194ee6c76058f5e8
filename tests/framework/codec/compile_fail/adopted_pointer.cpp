// SPDX-License-Identifier: BSD-3-Clause
// expect: an argument cannot be converted to the type of the parameter
#include <troupe/callable.hpp>

#include <memory>

int taken(std::unique_ptr<int> number);

// What it points at stays the caller's.
void send(troupe::detail::byte_writer& out, int* number) {
  using parameter = troupe::detail::parameter_t<decltype(&taken), 0, int*>;
  troupe::detail::encode_argument<parameter>(out, number);
}
