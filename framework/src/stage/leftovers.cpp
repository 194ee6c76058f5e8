// SPDX-License-Identifier: BSD-3-Clause
// What is left on a stage.
#include "stage/stage_world.hpp"

#include <troupe/detail/actor_host.hpp>

#include <string>
#include <utility>

namespace troupe::detail {

namespace {

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

/// What one process has left; each line begins with its name.
void list(const stage_process& p, std::vector<std::string>& lines) {
  const auto who = "process " + std::to_string(p.id) + " (" + p.name + ")";
  if (p.id != 0)
    lines.push_back(who + " is alive" + (p.frozen ? ", frozen" : ""));
  for (const auto& host : p.system->hosts()) {
    const auto waiting = host->mailbox_size();
    lines.push_back(who + ": " + host->label() + " is alive" +
                    (waiting == 0 ? "" : ", " + counted(waiting, "message") + " waiting for it"));
  }
  if (const auto asked = p.system->questions(); asked != 0)
    lines.push_back(who + ": " + counted(asked, "question") + " to other processes without an answer");
  if (const auto alarms = p.system->alarms(); alarms != 0)
    lines.push_back(who + ": " + counted(alarms, "timer") + " not yet due");
  if (!p.posted.empty())
    lines.push_back(who + ": " + counted(p.posted.size(), "request") + " to start something not yet served");
}

} // namespace

std::vector<std::string> stage_world::leftovers() const {
  std::vector<std::string> lines;
  for (const auto& p : processes_)
    if (p->alive())
      list(*p, lines);
  for (const auto& [way, wire] : wires_)
    if (wire.waiting() != 0)
      lines.push_back("link " + std::to_string(way.from) + " -> " + std::to_string(way.to) + ": " +
                      counted(wire.waiting(), "message") + " not delivered" +
                      (wire.is_cut() ? ", the link is cut" : ""));
  if (!scripted_.empty())
    lines.push_back("test: " + counted(scripted_.size(), "call") + " by `after` not yet due");
  return lines;
}

} // namespace troupe::detail
