// SPDX-License-Identifier: BSD-3-Clause
// What can be seen of an actor from outside.
#include "actor/actor_environment.hpp"
#include "actor/batch_clock.hpp"
#include "codec/current_exception.hpp"

#include <troupe/actor_info.hpp>
#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/actor_system.hpp>

#include <iostream>
#include <sstream>

namespace troupe {

const char* to_string(actor_state state) {
  switch (state) {
    case actor_state::starting:
      return "starting";
    case actor_state::idle:
      return "idle";
    case actor_state::ready:
      return "ready";
    case actor_state::running:
      return "running";
    case actor_state::no_answer:
      return "no answer";
  }
  return "unknown";
}

namespace detail {

std::string host_figures::class_name() const {
  const auto* type = type_.load(std::memory_order_relaxed);
  return type ? std::string{readable_type_name{type}.view()} : std::string{};
}

namespace {

std::string text_of(actor_id id) { return std::to_string(id.process) + '.' + std::to_string(id.number); }

} // namespace

actor_info actor_host::info() const {
  actor_info i;
  i.name = label();
  i.class_name = figures_.class_name();
  i.id = text_of(id_);
  if (place_.supervisor.number != 0)
    i.supervisor = text_of(place_.supervisor);
  i.busy = figures_.busy(system_->environment().now());
  i.coroutines_waiting = figures_.coroutines();
  std::lock_guard lock{mutex_};
  i.mailbox_length = taken_.size() + mailbox_.size();
  i.messages_handled = taken_.begun();
  if (!runner_)
    i.state = actor_state::starting;
  else if (figures_.running())
    i.state = actor_state::running;
  else
    i.state = scheduled_ ? actor_state::ready : actor_state::idle;
  return i;
}

steady_time actor_host::begin_batch() {
  const auto now = batch_clock::begin(system_->environment());
  figures_.batch_begins(now);
  return now;
}

void actor_host::end_batch(steady_time begun) {
  const auto now = batch_clock::end(system_->environment());
  figures_.batch_ends(begun, now, coroutines_.size());
  if (growth_.due(now)) [[unlikely]]
    look_at_mailbox(now);
}

void actor_host::look_at_mailbox(steady_time now) {
  std::unique_lock lock{mutex_};
  const auto length = ended_ ? 0 : waiting_messages();
  lock.unlock();
  const bool full = length >= options_.mailbox.capacity / 8 * 7;
  const auto grown = growth_.look(now, length, full);
  if (!grown)
    return;
  std::ostringstream line; // one write: other processes log to the same place
  line << "troupe: " << label() << " (" << figures_.class_name()
       << ") is sent more than it handles: its mailbox has " << (full ? "been full or grown" : "grown")
       << " for " << std::chrono::duration_cast<std::chrono::seconds>(*grown).count() << " s and holds "
       << length << " messages\n";
  std::cerr << line.str();
}

std::vector<actor_info> actor_system::actors() const {
  std::vector<actor_info> all;
  for (const auto& host : hosts()) // the eldest first
    if (!host->ended())
      all.push_back(host->info());
  return all;
}

} // namespace detail

} // namespace troupe
