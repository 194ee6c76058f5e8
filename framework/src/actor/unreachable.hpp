// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/endpoint.hpp>
#include <troupe/failure.hpp>

namespace troupe::detail {

/// For an actor that had ended before it was first looked for.
failure why_unreachable(const endpoint& actor);

} // namespace troupe::detail
