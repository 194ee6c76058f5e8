// SPDX-License-Identifier: BSD-3-Clause
// expect: a reference would dangle in another process
#include <troupe/codec.hpp>

#include <functional>
#include <vector>

void send(troupe::detail::byte_writer& out, const std::vector<std::reference_wrapper<int>>& all) {
  troupe::detail::encode(out, all);
}
