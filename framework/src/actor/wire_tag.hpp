// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_system.hpp>

#include <cstdint>

namespace troupe::detail {

/// A tag as `mailbox_ref::write` takes it.
inline std::uint32_t wire(actor_tag tag) { return static_cast<std::uint32_t>(tag); }

} // namespace troupe::detail
