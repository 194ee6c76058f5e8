// SPDX-License-Identifier: BSD-3-Clause
// expect: an argument cannot be converted to the type of the parameter
#include <troupe/callable.hpp>

#include <string>

int size_of(const std::string& text);

void send(troupe::detail::byte_writer& out) {
  using parameter = troupe::detail::parameter_t<decltype(&size_of), 0, double*>;
  double number = 1;
  troupe::detail::encode_argument<parameter>(out, &number);
}
