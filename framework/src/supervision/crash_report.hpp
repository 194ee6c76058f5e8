// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/supervision_options.hpp>

#include <chrono>
#include <string>

namespace troupe::detail {

/// Logs what is worth it, in the manner of OTP's crash reports: who, why, the last message, what was done.
void report(const supervision_event& event, const supervisor_options& options);

/// "250 ms", "5 s".
std::string duration_text(std::chrono::nanoseconds time);

} // namespace troupe::detail
