// SPDX-License-Identifier: BSD-3-Clause
#include "actor/trace_event.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>

namespace troupe::detail {

namespace {

constexpr std::size_t longest_text = 200; // so that a line has a bound, and a buffer holds many

// The bytes of the character of UTF-8 that `text` begins with; 0 when it begins with none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80)
    return 1;
  const auto length = static_cast<std::size_t>(std::countl_one(byte(0)));
  if (length < 2 || length > 4 || length > text.size())
    return 0;
  std::uint32_t code = byte(0) & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (byte(i) >> 6 != 2)
      return 0;
    code = code << 6 | (byte(i) & 0x3fU);
  }
  constexpr std::uint32_t least[] = {0x80, 0x800, 0x10000}; // what fits into fewer bytes is written in fewer
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return code < least[length - 2] || code > 0x10ffff || surrogate ? 0 : length;
}

// Whatever somebody calls an actor is no reason for an invalid file; nor may "}," be within a line.
void append_text(std::string& to, std::string_view text) {
  text = text.substr(0, longest_text);
  to += '"';
  while (!text.empty()) {
    const auto front = static_cast<unsigned char>(text[0]);
    const auto length = character_length(text);
    if (length == 0) {
      to += "\\ufffd";
    } else if (front < 0x20 || front == 0x7f || front == '"' || front == '\\' || front == '}') {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(front));
      to += escaped;
    } else {
      to += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
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
