// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::detail {

/// The number behind a key in a file of /proc; nothing where the file, or the key, is not there.
std::optional<std::uint64_t> number_in(const std::string& path, std::string_view key);

} // namespace troupe::detail
