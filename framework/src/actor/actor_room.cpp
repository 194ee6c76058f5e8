// SPDX-License-Identifier: BSD-3-Clause
// Mailboxes that are full: what senders in other processes are told, and how they wait.
#include "actor/actor_system_state.hpp"
#include "actor/room_limit.hpp"
#include "actor/wire_tag.hpp"

#include <troupe/exceptions.hpp>

#include <utility>

namespace troupe::detail {

namespace {

/// To a process, about an actor of this one.
void write_about(const endpoint& sender, actor_tag tag, actor_number actor,
                 function_ref<void(byte_writer&)> encode) {
  if (!sender.way())
    return;
  sender.way().write(wire(tag), [&](byte_writer& w) {
    w.put(ask_number{0});
    w.put(actor);
    encode(w);
  });
}

constexpr std::size_t most_waiting = 256; // of all senders, in this process, for a link

bool is_full(const mailbox_ref& way) { return way.backlog() > most_waiting && !way.gone(); }

} // namespace

void actor_system::tell_sender(process_id sender, const actor_host& host, bool full) {
  write_about(*peer(sender), full ? actor_tag::full : actor_tag::room, host.id().number, [](byte_writer&) {});
}

void actor_system::tell_begun(process_id sender, actor_number actor, std::uint64_t mark) {
  write_about(*peer(sender), actor_tag::begun, actor, [mark](byte_writer& w) { w.put(mark); });
}

void actor_system::note_begun(actor_id actor, std::uint64_t mark) {
  std::shared_ptr<endpoint> there;
  {
    std::lock_guard lock{state_->mutex};
    state_->excess.erase(actor);
    const auto credit = state_->credits.find(actor);
    if (credit == state_->credits.end())
      return;
    credit->second->note_begun(mark);
    there = state_->known_endpoint(actor);
  }
  if (there)
    environment_->notify(there.get());
}

void actor_system::set_full(actor_id actor, bool full) {
  std::shared_ptr<endpoint> there;
  {
    std::lock_guard lock{state_->mutex};
    if (full) {
      state_->full.insert(actor);
    } else {
      state_->full.erase(actor);
      state_->excess.erase(actor);
    }
    there = state_->known_endpoint(actor);
    if (there)
      there->set_full(full);
  }
  if (there && !full)
    environment_->notify(there.get());
}

void actor_system::wait_for_room(const endpoint& to) {
  const auto deadline = latest_for_room(environment_->now());
  const auto& way = to.way();
  environment_->let_links_move([&] { return way.congested() && !way.gone(); }, deadline);
  const bool room = environment_->wait(
      &to, [&] { return !to.full() || way.gone(); }, deadline);
  const bool late = environment_->now() >= deadline;
  if (room && !(late && way.congested() && !way.gone()))
    return; // others may have filled it since, but there was room
  if (!late)
    throw stopped("the runtime ended before there was room for a message");
  throw queue_full(
      "there was no room for a message to an actor of another process in time: it handles them too slowly");
}

bool actor_system::let_in(const endpoint& to, pending_reply& question) {
  using verdict = excess_questions::verdict;
  const auto& way = to.way();
  const auto until = latest_for_room(environment_->now(), excess_questions::patience);
  const auto way_is_full = [&way] { return is_full(way); };
  const auto has_room = [&] { return !to.full() || way.gone(); };
  if (way_is_full())
    environment_->let_links_move(way_is_full, until);
  if (!way_is_full() && (has_room() || environment_->wait(&to, has_room, until)))
    return true;
  const auto how = admit(to, question);
  if (how == verdict::waits)
    wait_for_room(to);
  return how != verdict::refused;
}

// Where there is no room: into its mailbox, or on the way there.
excess_questions::verdict actor_system::admit(const endpoint& to, pending_reply& question) {
  const bool way_is_full = is_full(to.way());
  const auto clearances = to.way().clearances();
  std::lock_guard lock{state_->mutex};
  if (way_is_full) {
    auto& there = state_->excess_of_ways[to.id().process];
    if (std::exchange(there.clearances, clearances) != clearances)
      there.questions.clear(); // they have been sent
    return there.questions.admit(question);
  }
  return to.full() ? state_->excess[to.id()].admit(question) : excess_questions::verdict::goes_in;
}

} // namespace troupe::detail
