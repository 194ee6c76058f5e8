// SPDX-License-Identifier: BSD-3-Clause
// expect: a std::function or a lambda with captures may hold references
#include <troupe/codec.hpp>

#include <functional>

void send(troupe::detail::byte_writer& out, const std::function<void()>& f) {
  troupe::detail::encode(out, f);
}
