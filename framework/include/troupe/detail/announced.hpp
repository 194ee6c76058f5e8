// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/code_table.hpp>

#include <bit>
#include <cstdint>

namespace troupe::detail {

/// Puts code into the table of every process of the program, because it is mentioned somewhere in it. Before the first
/// process starts: only the supervisor can add to the table later.
void announce_code(const void* code, std::uint64_t type);

template <auto function>
struct announced {
  static const bool done;
};
template <auto function>
const bool announced<function>::done =
    (announce_code(std::bit_cast<const void*>(function), code_type<decltype(function)>()), true);

/// The index of a function that is announced by this mention of it.
template <auto function>
std::uint32_t announced_index() {
  static_cast<void>(&announced<function>::done);
  return code_index<function>();
}

} // namespace troupe::detail
