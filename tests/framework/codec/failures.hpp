// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/bytes.hpp>
#include <troupe/error.hpp>
#include <troupe/failure.hpp>

#include <catch2/catch.hpp>

#include <csignal>
#include <optional>

namespace troupe::test_codec {

constexpr std::size_t some_task = 7;

/// The failure another process sees when `f` throws in this one.
template <class F>
failure sent(F f, std::optional<std::size_t> task_index = some_task) {
  detail::byte_buffer bytes;
  try {
    f();
    FAIL("nothing was thrown");
  } catch (...) {
    REQUIRE(detail::encode_current_exception(bytes));
  }
  detail::byte_reader in{bytes.view()};
  const auto arrived = detail::decode_failure(in, task_index);
  REQUIRE(in.remaining() == 0);
  return arrived;
}

/// The exception of `why`, which must be an E; valid as long as `why`.
template <class E>
const E& caught_exception(const failure& why) {
  try {
    why.rethrow();
  } catch (const E& e) {
    return e; // the object lives in the failure
  }
}

} // namespace troupe::test_codec
