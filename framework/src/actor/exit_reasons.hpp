// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_id.hpp>
#include <troupe/detail/process_exit.hpp>
#include <troupe/exit_reason.hpp>
#include <troupe/failure.hpp>

#include <string_view>

/// From what is known of an end to its reason.

namespace troupe::detail {

exit_reason reason_of(const process_exit& exit);
/// Of the end of an actor that was in the process.
exit_reason reason_of(const process_exit& exit, actor_number actor);
/// `message`: whose handler threw.
exit_reason reason_of(const failure& thrown, std::string_view message = {});

} // namespace troupe::detail
