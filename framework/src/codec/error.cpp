// SPDX-License-Identifier: BSD-3-Clause
#include "troupe/exceptions.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

namespace troupe {

namespace {

std::string name_of_signal(int number) {
  if (const char* name = ::sigabbrev_np(number))
    return std::string{"SIG"} + name;
  if (number >= SIGRTMIN && number <= SIGRTMAX)
    return "SIGRTMIN+" + std::to_string(number - SIGRTMIN);
  return "signal " + std::to_string(number);
}

std::string mebibytes(std::size_t size_bytes) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.1f MiB", static_cast<double>(size_bytes) / (1024.0 * 1024.0));
  return text.data();
}

std::string how_it_ended(const worker_lost_info& info) {
  std::string text;
  if (info.hung)
    text = "stopped answering and was killed";
  else if (!info.garbage.empty())
    text = "was killed because it sent garbage (" + info.garbage + ")";
  else if (info.signal)
    text = "was killed by " + name_of_signal(*info.signal);
  else if (info.exit_code)
    text = "exited with code " + std::to_string(*info.exit_code);
  else
    text = "was lost";
  if (info.out_of_memory)
    text += " (out of memory)";
  return text;
}

std::string describe(const worker_lost_info& info) {
  std::string text = "worker";
  if (!info.process_name.empty())
    text += " '" + info.process_name + "'";
  if (info.pid != 0)
    text += " (pid " + std::to_string(info.pid) + ")";
  text += " " + how_it_ended(info);
  if (info.attempts == 0)
    text += " before it was ready";
  else if (info.task_index)
    text += " while running task " + std::to_string(*info.task_index) + " (attempt " +
            std::to_string(info.attempts) + ")";
  if (info.peak_memory_bytes != 0)
    text += "; peak memory " + mebibytes(info.peak_memory_bytes);
  if (!info.stderr_tail.empty())
    text += "; last stderr: " + info.stderr_tail;
  return text;
}

std::string describe(const remote_info& info) {
  return info.text.empty() ? info.type_name : info.type_name + ": " + info.text;
}

std::string text_of_errno(int value) { return std::generic_category().message(value); }

} // namespace

std::optional<remote_info> remote_cause(const std::exception& e) {
  if (const auto* carrier = dynamic_cast<const remote_info_carrier*>(&e))
    return carrier->info();
  return std::nullopt;
}

task_error::task_error(remote_info info)
    : error{describe(info)}, remote_info_carrier{std::move(info), typeid(task_error)} {}

spawn_error::spawn_error(const std::string& what_failed, int errno_value)
    : error{what_failed + ": " + text_of_errno(errno_value)},
      errno_value_{errno_value},
      errno_text_{std::make_shared<const std::string>(text_of_errno(errno_value))} {}

worker_lost::worker_lost(worker_lost_info info)
    : error{describe(info)}, info_{std::make_shared<const worker_lost_info>(std::move(info))} {}

std::string worker_lost::signal_name() const {
  return info_->signal ? name_of_signal(*info_->signal) : std::string{};
}

} // namespace troupe
