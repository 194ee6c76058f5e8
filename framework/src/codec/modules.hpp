// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>

/// Where code lies, said in a way that holds in every process that runs the same files.

namespace troupe::detail {

/// A place in the program or in one of its shared libraries.
struct code_location {
  std::uint64_t module; ///< hash of the module's build id, or of its file name if it has none
  std::uint64_t offset; ///< from where the module is loaded
};

/// Empty when no loaded module contains the address.
std::optional<code_location> location_of(const void* code);

/// Null when no such module is loaded here, or the place is not in it.
const void* address_of(const code_location& location);

} // namespace troupe::detail
