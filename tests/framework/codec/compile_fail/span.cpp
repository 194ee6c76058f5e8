// SPDX-License-Identifier: BSD-3-Clause
// expect: a std::span does not own its elements
#include <troupe/codec.hpp>

#include <optional>
#include <span>

std::optional<std::span<int>> receive(troupe::detail::byte_reader& in) {
  return troupe::detail::decode<std::optional<std::span<int>>>(in);
}
