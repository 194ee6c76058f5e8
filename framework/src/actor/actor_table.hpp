// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/actor_info.hpp>

#include <string>
#include <vector>

namespace troupe::detail {

/// One line per actor, and one per process that did not answer.
std::string actor_table(const std::vector<actor_info>& actors);

} // namespace troupe::detail
