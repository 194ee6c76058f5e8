// SPDX-License-Identifier: BSD-3-Clause
// expect: a std::string_view does not own its text: send a std::string
#include <troupe/codec.hpp>

#include <map>
#include <string_view>

void send(troupe::detail::byte_writer& out) {
  const std::map<int, std::string_view> names{{1, "one"}};
  troupe::detail::encode(out, names);
}
