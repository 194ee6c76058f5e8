// SPDX-License-Identifier: BSD-3-Clause
// What an actor system still has: for whoever wants to know whether anything is left.
#include "actor/actor_system_state.hpp"

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/actor_system.hpp>

#include <algorithm>

namespace troupe::detail {

std::vector<std::shared_ptr<actor_host>> actor_system::hosts() const {
  std::vector<std::shared_ptr<actor_host>> all;
  {
    std::lock_guard lock{state_->mutex};
    for (const auto& [number, host] : state_->hosts)
      all.push_back(host);
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->id() < b->id(); });
  return all;
}

std::vector<std::string> actor_system::names_in(process_id process) const {
  std::vector<std::string> names;
  std::lock_guard lock{state_->mutex};
  for (const auto& [name, id] : state_->names)
    if (id.process == process)
      names.push_back(name);
  return names;
}

std::size_t actor_system::questions() const { return state_->asks.size(); }

steady_time actor_system::next_alarm() const {
  std::lock_guard lock{state_->alarms_mutex};
  return state_->alarms.next();
}

// A coroutine that is destroyed leaves the alarm for which it waited.
std::size_t actor_system::alarms() const {
  std::lock_guard lock{state_->alarms_mutex};
  return state_->alarms.count_if([](const alarm& a) {
    const auto host = a.host.lock();
    return host && !host->ended();
  });
}

} // namespace troupe::detail
