// SPDX-License-Identifier: BSD-3-Clause
// The ways of a process to others of the runtime, for typed actors.
#include "actor/node_state.hpp"

#include <troupe/detail/actor_system.hpp>

#include <algorithm>
#include <utility>

namespace troupe::detail {

std::shared_ptr<peer_way> node::state::way_to(process_id process) {
  {
    std::lock_guard lock{ways_mutex};
    if (const auto found = ways.find(process); found != ways.end())
      return found->second;
    if (watch || system->knows_end_of(process))
      return nullptr;
    ways.emplace(process, std::make_shared<peer_way>());
  }
  to_supervisor->send(0, static_cast<std::uint32_t>(process_tag::introduce),
                      [&](byte_writer& w) { w.put(process); });
  to_supervisor->ring_peer();
  std::lock_guard lock{ways_mutex};
  const auto found = ways.find(process);
  return found == ways.end() ? nullptr : found->second;
}

void node::state::open_way(process_id process, std::shared_ptr<link> way) {
  std::shared_ptr<peer_way> there;
  {
    std::lock_guard lock{ways_mutex};
    auto& place = ways[process];
    if (!place)
      place = std::make_shared<peer_way>();
    there = place;
  }
  there->open(way);
  links.add(process, std::move(way));
}

void node::state::close_way(process_id process) {
  std::shared_ptr<peer_way> gone;
  {
    std::lock_guard lock{ways_mutex};
    if (const auto found = ways.find(process); found != ways.end()) {
      gone = std::move(found->second);
      ways.erase(found);
    }
  }
  if (gone)
    gone->close();
}

void node::state::wait_for_neighbours(steady_time deadline) {
  const auto waits = [](const auto& way) { return way.second->congested() && !way.second->gone(); };
  duty.drive_while(
      [&] {
        std::lock_guard lock{ways_mutex};
        return std::any_of(ways.begin(), ways.end(), waits);
      },
      deadline);
}

} // namespace troupe::detail
