// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>

namespace troupe {

/// As a timeout: none.
inline constexpr std::chrono::nanoseconds forever = std::chrono::nanoseconds::max();

} // namespace troupe
