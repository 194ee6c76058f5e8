// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/codec.hpp>

#include <catch2/catch.hpp>

namespace troupe::test_codec {

/// What a receiver makes of `value`; everything that was sent must have been read.
template <class T>
T round_trip(const T& value) {
  detail::byte_buffer bytes;
  detail::encode(bytes, value);
  detail::byte_reader in{bytes.view()};
  T arrived = detail::decode<T>(in);
  REQUIRE(in.remaining() == 0);
  return arrived;
}

template <class T>
void check_round_trip(const T& value) {
  CHECK(round_trip(value) == value);
}

} // namespace troupe::test_codec
