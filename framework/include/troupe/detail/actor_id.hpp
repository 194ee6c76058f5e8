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
  /// Of its mailbox, if senders of other processes are to count what they send there (see `send_credit`); otherwise 0.
  /// Not a part of who it is: it travels with the number, so that whoever refers to the actor knows it.
  std::uint16_t capacity = 0;

  bool operator==(const actor_id& other) const { return process == other.process && number == other.number; }
  std::strong_ordering operator<=>(const actor_id& other) const {
    const auto by_process = process <=> other.process;
    return by_process != 0 ? by_process : number <=> other.number;
  }
};

struct actor_id_hash {
  std::size_t operator()(const actor_id& id) const noexcept {
    return std::hash<std::uint64_t>{}(std::uint64_t{id.process} << 32 | id.number);
  }
};

} // namespace troupe::detail
