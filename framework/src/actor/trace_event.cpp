// SPDX-License-Identifier: BSD-3-Clause
#include "actor/trace_event.hpp"

#include <cstdio>

namespace troupe::detail {

namespace {

constexpr std::size_t longest_text = 200; // so that a line has a bound, and a buffer holds many

void append_text(std::string& to, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  to += '"';
  for (const char c : text.substr(0, longest_text)) {
    const auto byte = static_cast<unsigned char>(c);
    // Whatever somebody calls an actor is no reason for an invalid file; nor may "}," be within a line.
    if (byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\' || c == '}') {
      to += "\\u00";
      to += digits[byte >> 4];
      to += digits[byte & 15];
    } else {
      to += c;
    }
  }
  to += '"';
}

// Microseconds, as the format has them, with three decimals.
void append_time(std::string& to, std::chrono::nanoseconds time) {
  char text[32];
  const auto ns = static_cast<long long>(time.count());
  const int length = std::snprintf(text, sizeof text, "%lld.%03lld", ns / 1000, ns % 1000);
  to.append(text, static_cast<std::size_t>(length));
}

void append_place(std::string& to, pid_t pid, pid_t thread) {
  to += ",\"pid\":" + std::to_string(pid) + ",\"tid\":" + std::to_string(thread);
}

} // namespace

void append_line(std::string& to, pid_t pid, pid_t thread, const trace_event& event) {
  to += "{\"name\":";
  append_text(to, event.name);
  to += event.kind == job_kind::message ? ",\"cat\":\"message\"" : ",\"cat\":\"control\"";
  to += ",\"ph\":\"X\",\"ts\":";
  append_time(to, event.begun.time_since_epoch());
  to += ",\"dur\":";
  append_time(to, event.took);
  append_place(to, pid, thread);
  to += ",\"args\":{\"actor\":";
  append_text(to, event.actor);
  if (event.question.number != 0)
    to += ",\"question\":" + std::to_string(event.question.number) +
          ",\"asked by process\":" + std::to_string(event.question.process);
  to += "}},\n";
}

void append_name(std::string& to, pid_t pid, pid_t thread, std::string_view what, std::string_view name) {
  to += "{\"name\":";
  append_text(to, what);
  to += ",\"ph\":\"M\"";
  append_place(to, pid, thread);
  to += ",\"args\":{\"name\":";
  append_text(to, name);
  to += "}},\n";
}

} // namespace troupe::detail
