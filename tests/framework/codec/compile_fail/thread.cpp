// SPDX-License-Identifier: BSD-3-Clause
// expect: give it a serialize\(\) member.*or send a handle
#include <troupe/codec.hpp>

#include <thread>

void send(troupe::detail::byte_writer& out, const std::thread& t) { troupe::detail::encode(out, t); }
