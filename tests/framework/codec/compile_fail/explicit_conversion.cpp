// SPDX-License-Identifier: BSD-3-Clause
// expect: an argument cannot be converted to the type of the parameter
#include <troupe/callable.hpp>

#include <vector>

int sum(const std::vector<int>& numbers);

// A number is not a vector of so many zeros.
void send(troupe::detail::byte_writer& out) {
  using parameter = troupe::detail::parameter_t<decltype(&sum), 0, int>;
  troupe::detail::encode_argument<parameter>(out, 3);
}
