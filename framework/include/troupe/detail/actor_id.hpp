// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/envelope.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace troupe::detail {

/// An actor within a runtime: the process that hosts it and its number there. Neither is used again.
struct actor_id {
  process_id process = 0;
  actor_number number = 0; // 0: none

  auto operator<=>(const actor_id&) const = default;
};

struct actor_id_hash {
  std::size_t operator()(const actor_id& id) const noexcept {
    return std::hash<std::uint64_t>{}(std::uint64_t{id.process} << 32 | id.number);
  }
};

} // namespace troupe::detail
