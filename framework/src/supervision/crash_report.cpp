// SPDX-License-Identifier: BSD-3-Clause
#include "supervision/crash_report.hpp"

#include <cmath>
#include <iostream>
#include <sstream>
#include <utility>

namespace troupe {

namespace {

std::string last_message(const exit_reason& reason) {
  return reason.last_message.empty() ? "" : "; the last message was " + reason.last_message;
}

std::string what_happened(const supervision_event& e) {
  using kind = supervision_event::kind;
  switch (e.what) {
    case kind::child_started:
      return "started";
    case kind::child_ended:
      return "ended: " + to_string(e.reason) + last_message(e.reason);
    case kind::child_restarting:
      return "is restarted" +
             (e.delay.count() == 0 ? std::string{" at once"} : " in " + detail::duration_text(e.delay)) +
             ", restart " + std::to_string(e.attempt) + " of the period";
    case kind::start_failed:
      return "did not start: " + to_string(e.reason);
    case kind::child_stopped:
      return "was stopped: " + to_string(e.reason);
    case kind::gave_up:
      return "was restarted too often: the supervisor stops its children and ends";
    case kind::shut_down:
      return "was significant: the supervisor stops its children and ends";
  }
  return "unknown event";
}

} // namespace

std::string to_string(const supervision_event& event) {
  return "supervisor " + event.supervisor + ": " + event.child + " " + what_happened(event);
}

namespace detail {

namespace {

bool is_worth_a_line(const supervision_event& e) {
  using kind = supervision_event::kind;
  switch (e.what) {
    case kind::child_started:
      return false;
    case kind::child_ended:
    case kind::child_stopped: // it had ended before, or had to be killed
      return is_abnormal(e.reason);
    case kind::child_restarting:
    case kind::start_failed:
    case kind::gave_up:
    case kind::shut_down:
      return true;
  }
  return true;
}

} // namespace

void report(const supervision_event& event, const supervisor_options& options) {
  if (!options.log || !is_worth_a_line(event))
    return;
  std::ostringstream line; // written at once: other processes write there, too
  line << "troupe: " << to_string(event);
  if (event.what == supervision_event::kind::child_restarting)
    line << " (at most " << options.intensity << " in " << duration_text(options.period) << ')';
  line << '\n';
  std::cerr << line.str();
}

std::string duration_text(std::chrono::nanoseconds time) {
  using namespace std::chrono_literals;
  const auto in = [time](std::chrono::nanoseconds unit) {
    const double count = static_cast<double>(time.count()) / static_cast<double>(unit.count());
    std::ostringstream text;
    text.precision(3);
    if (count < 100)
      text << count;
    else
      text << std::llround(count); // three digits would be 3.6e+03
    return text.str();
  };
  if (time >= 1s)
    return in(1s) + " s";
  if (time >= 1ms)
    return in(1ms) + " ms";
  return in(1us) + " us";
}

} // namespace detail

} // namespace troupe
