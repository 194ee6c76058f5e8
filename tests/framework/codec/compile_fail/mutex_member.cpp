// SPDX-License-Identifier: BSD-3-Clause
// expect: give it a serialize\(\) member.*or send a handle \(queue, mutex
#include <troupe/codec.hpp>

#include <mutex>

struct account {
  long balance = 0;
  std::mutex guard;
};

void send(troupe::detail::byte_writer& out, const account& a) { troupe::detail::encode(out, a); }
