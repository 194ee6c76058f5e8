// SPDX-License-Identifier: BSD-3-Clause
// expect: send a std::variant of the concrete classes
#include <troupe/codec.hpp>

#include <memory>

struct shape {
  virtual ~shape() = default;
};

void send(troupe::detail::byte_writer& out, const std::unique_ptr<shape>& s) {
  troupe::detail::encode(out, s);
}
