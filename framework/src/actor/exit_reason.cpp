// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/exit_reason.hpp>

#include "actor/exit_reasons.hpp"

#include <troupe/detail/code_table.hpp>
#include <troupe/detail/method_info.hpp>
#include <troupe/exceptions.hpp>

#include <cstring>

namespace troupe {

namespace {

std::string of_process(const exit_reason& reason) {
  auto text = "process " + std::to_string(reason.pid);
  if (reason.signal)
    text += " killed by SIG" + std::string{::sigabbrev_np(*reason.signal) ? ::sigabbrev_np(*reason.signal)
                                                                          : std::to_string(*reason.signal)};
  else if (reason.exit_code)
    text += " exited with code " + std::to_string(*reason.exit_code);
  else
    text += " ended";
  return text;
}

std::string with(std::string word, const std::string& text) {
  return text.empty() ? word : std::move(word) + ": " + text;
}

} // namespace

bool is_abnormal(const exit_reason& reason) {
  return reason.kind == exit_kind::exception || reason.kind == exit_kind::process_lost ||
         reason.kind == exit_kind::hung;
}

std::string to_string(const exit_reason& reason) {
  switch (reason.kind) {
    case exit_kind::normal:
      return with("normal", reason.text);
    case exit_kind::stopped:
      return with("stopped", reason.text);
    case exit_kind::exception:
      return with("exception", reason.text);
    case exit_kind::process_lost:
      return with(of_process(reason), reason.text);
    case exit_kind::hung:
      return with("process " + std::to_string(reason.pid) + " had stopped answering and was killed",
                  reason.text);
    case exit_kind::gone:
      return with("it had ended before", reason.text);
  }
  return "unknown reason";
}

namespace detail {

namespace {

// The dead process wrote it: it may be anything.
std::string label_of(std::uint32_t message) {
  try {
    return message == 0 ? std::string{} : std::string{code_at<actor_method>(message - 1)().label};
  } catch (const decode_error&) {
    return {};
  }
}

} // namespace

exit_reason reason_of(const process_exit& exit) {
  if (exit.pid == 0 || exit.in_order) // long ago; or with the last of its actors
    return {.kind = exit_kind::gone, .pid = exit.pid};
  exit_reason reason{.kind = exit.hung ? exit_kind::hung : exit_kind::process_lost};
  reason.signal = exit.signal;
  reason.exit_code = exit.code;
  reason.pid = exit.pid;
  if (!exit.garbage.empty())
    reason.text = "it had sent garbage: " + exit.garbage;
  reason.last_message = label_of(exit.last_message);
  return reason;
}

exit_reason reason_of(const process_exit& exit, actor_number actor) {
  for (const auto& end : exit.last_ends)
    if (end.actor == actor)
      return end.reason;
  return reason_of(exit);
}

exit_reason reason_of(const failure& thrown, std::string_view message) {
  return {.kind = exit_kind::exception,
          .text = thrown.type_name() + ": " + thrown.what(),
          .last_message = std::string{message}};
}

} // namespace detail

} // namespace troupe
