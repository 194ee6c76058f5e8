// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/host_job.hpp>
#include <troupe/detail/node.hpp>

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>

namespace troupe::detail {

/// One handled message, as a trace shows it.
struct trace_event {
  std::string_view name;
  std::string_view actor;
  job_kind kind = job_kind::message;
  question_origin question;
  steady_time begun;
  std::chrono::nanoseconds took{0};
};

/// Lines of a trace file: each one object and a comma, which ends with "},", as no beginning of one does. So a line that
/// a killed process wrote in part can be told.
void append_line(std::string& to, pid_t pid, pid_t thread, const trace_event& event);
/// Names a process, or a thread: `what` is "process_name" or "thread_name".
void append_name(std::string& to, pid_t pid, pid_t thread, std::string_view what, std::string_view name);

} // namespace troupe::detail
