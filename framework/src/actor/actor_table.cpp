// SPDX-License-Identifier: BSD-3-Clause
#include "actor/actor_table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace troupe::detail {

namespace {

using row = std::array<std::string, 10>;
constexpr std::array<bool, 10> to_the_right{false, true, false, false, false, true, true, true, true, false};

std::string seconds(std::chrono::nanoseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", std::chrono::duration<double>(time).count());
  return text;
}

// Whatever somebody calls an actor, it is one line of the table, and means nothing to a terminal.
std::string visible(const std::string& text) {
  std::string shown;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      shown += c;
      continue;
    }
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\x%02x", byte);
    shown += escaped;
  }
  return shown;
}

row row_of(const actor_info& a) {
  if (a.state == actor_state::no_answer)
    return {visible(a.process), std::to_string(a.pid), "-", "-", to_string(a.state), "-", "-", "-", "-", "-"};
  return {visible(a.process),
          std::to_string(a.pid),
          visible(a.name),
          a.class_name.empty() ? "-" : a.class_name,
          to_string(a.state),
          std::to_string(a.mailbox_length),
          std::to_string(a.messages_handled),
          seconds(a.busy),
          std::to_string(a.coroutines_waiting),
          a.supervisor.empty() ? "-" : visible(a.supervisor)};
}

void append_row(std::string& to, const row& cells, const std::array<std::size_t, 10>& widths) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string padding(widths[i] - cells[i].size(), ' ');
    to += to_the_right[i] ? padding + cells[i] : cells[i] + padding;
    to += "  ";
  }
  to.erase(to.find_last_not_of(' ') + 1);
  to += '\n';
}

} // namespace

std::string actor_table(const std::vector<actor_info>& actors) {
  std::vector<row> rows{
      {"PROCESS", "PID", "ACTOR", "CLASS", "STATE", "MAILBOX", "HANDLED", "BUSY s", "WAITING", "SUPERVISOR"}};
  for (const auto& a : actors)
    rows.push_back(row_of(a));
  std::array<std::size_t, 10> widths{};
  for (const auto& r : rows)
    for (std::size_t i = 0; i < r.size(); ++i)
      widths[i] = std::max(widths[i], r[i].size());
  std::string text;
  for (const auto& r : rows)
    append_row(text, r, widths);
  return text;
}

} // namespace troupe::detail
