// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "process/watcher.hpp"

#include <troupe/detail/node.hpp>

#include <memory>

namespace troupe::detail {

/// Makes the memory and the pipe of a new child, puts its entry into its ring, has it forked and
/// watched. Errors: spawn_error, after which nothing is left.
std::shared_ptr<child_record> start_child(node::state& n, child_options options, child_entry entry,
                                          function_ref<void(byte_writer&)> arguments);

} // namespace troupe::detail
