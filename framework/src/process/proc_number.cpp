// SPDX-License-Identifier: BSD-3-Clause
#include "process/proc_number.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <system_error>

namespace troupe::detail {

std::optional<std::uint64_t> number_in(const std::string& path, std::string_view key) {
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);) {
    std::uint64_t value = 0;
    const auto* end = line.data() + line.size();
    const auto* digits = line.data() + std::min(line.find_first_of("0123456789", key.size()), line.size());
    if (line.starts_with(key) && std::from_chars(digits, end, value).ec == std::errc{})
      return value;
  }
  return std::nullopt;
}

} // namespace troupe::detail
