// SPDX-License-Identifier: BSD-3-Clause
// Seats of supervised actors, and what processes say to each other about them.
//
//   seat_follow   whoever refers to it ──▶ the seat's process, once
//   seat_now      whoever refers to it ◀── the seat's process, then and at each change
//   seat_left     the actor's process ──▶ the seat's process, before anybody else learns of the end
#include "actor/actor_environment.hpp"
#include "actor/actor_system_state.hpp"
#include "actor/exit_reasons.hpp"
#include "actor/wire_tag.hpp"

#include <troupe/actor.hpp>
#include <troupe/exceptions.hpp>

#include <utility>

namespace troupe::detail {

std::shared_ptr<endpoint> kept(const endpoint& there) { return there.system()->reach(there.id()); }

std::shared_ptr<seat> actor_system::add_seat(mailbox_options bound) {
  check(bound);
  std::lock_guard lock{state_->mutex};
  if (state_->closed)
    throw stopped("the runtime has ended: no new actors");
  const actor_id id{self_, state_->last_seat++, send_credit::counted_capacity(bound)};
  auto place = std::make_shared<seat>(id, *this, bound);
  state_->seats.emplace(id.number, place);
  return place;
}

void actor_system::remove_seat(const seat& place) {
  leave_names(place.id());
  std::shared_ptr<seat> gone; // destroyed after the lock
  std::lock_guard lock{state_->mutex};
  if (const auto found = state_->seats.find(place.id().number); found != state_->seats.end()) {
    gone = std::move(found->second);
    state_->seats.erase(found);
  }
}

std::shared_ptr<seat> actor_system::known_seat(actor_id id) const {
  std::lock_guard lock{state_->mutex};
  if (id.process == self_) {
    const auto found = state_->seats.find(id.number);
    return found == state_->seats.end() ? nullptr : found->second;
  }
  const auto there = state_->known_endpoint(id);
  return there ? there->place() : nullptr;
}

namespace {

// Of what waits here for a supervised actor whose supervisor is in another process.
mailbox_options bound_elsewhere(actor_id seat) {
  return seat.capacity == 0 ? mailbox_options{} : mailbox_options{.capacity = seat.capacity};
}

} // namespace

std::shared_ptr<endpoint> actor_system::reach_seat(actor_id id) {
  auto& s = *state_;
  std::shared_ptr<endpoint> made;
  {
    std::lock_guard lock{s.mutex};
    auto& known = s.endpoints[id];
    if (auto there = known.lock())
      return there;
    std::shared_ptr<seat> place;
    if (id.process != self_)
      place = std::make_shared<seat>(id, *this, bound_elsewhere(id));
    else if (const auto found = s.seats.find(id.number); found != s.seats.end())
      place = found->second;
    made = std::make_shared<endpoint>(id, shared_from_this(), std::move(place));
    known = made;
    s.forget_unused_endpoints();
  }
  if (id.process != self_)
    follow_seat(id, *made->place());
  return made;
}

void actor_system::follow_seat(actor_id id, seat& place) {
  const auto home = peer(id.process);
  if (!home->way()) {
    place.close(reason_of(exit_of(id.process)));
    return;
  }
  home->way().write(wire(actor_tag::seat_follow), [id](byte_writer& w) {
    w.put(ask_number{0});
    w.put(id.number);
  });
}

void actor_system::tell_seat(process_id follower, actor_id place, seat::state now, actor_id occupant,
                             const exit_reason& why) {
  const auto to = peer(follower);
  if (!to->way())
    return;
  to->way().write(wire(actor_tag::seat_now), [&](byte_writer& w) {
    w.put(ask_number{0});
    w.put(place.number);
    encode(w, now);
    encode(w, occupant);
    encode(w, why);
  });
}

void actor_system::leave_seat(const actor_host& host) {
  const auto id = host.seat();
  if (id.process == self_) {
    if (const auto place = known_seat(id))
      place->vacate(host.id());
    return;
  }
  const auto home = peer(id.process);
  if (!home->way())
    return;
  home->way().write(wire(actor_tag::seat_left), [&](byte_writer& w) {
    w.put(ask_number{0});
    w.put(id.number);
    w.put(host.id().number);
  });
}

void actor_system::on_seat_message(process_id from, actor_tag tag, byte_reader& in) {
  const auto number = in.get<actor_number>();
  const auto place = known_seat({tag == actor_tag::seat_now ? from : self_, number});
  if (tag == actor_tag::seat_left) {
    if (const auto who = in.get<actor_number>(); place)
      place->vacate({from, who});
  } else if (tag == actor_tag::seat_follow) {
    if (place)
      place->add_follower(from);
    else
      tell_seat(from, {self_, number}, seat::state::closed, {}, {.kind = exit_kind::gone});
  } else {
    const auto now = decode<seat::state>(in);
    const auto occupant = decode<actor_id>(in);
    auto why = decode<exit_reason>(in);
    if (!place)
      return; // nobody refers to it any more
    if (now == seat::state::taken)
      place->occupy(reach(occupant));
    else if (now == seat::state::closed)
      place->close(std::move(why));
    else
      place->vacate();
  }
}

void actor_system::leave_seats_in(process_id process) {
  std::vector<std::shared_ptr<seat>> all;
  std::vector<std::shared_ptr<endpoint>> kept; // destroyed after the lock
  {
    std::lock_guard lock{state_->mutex};
    for (const auto& [number, place] : state_->seats)
      all.push_back(place);
    for (const auto& [id, known] : state_->endpoints) {
      if (!is_seat(id) || id.process == self_)
        continue;
      if (auto there = known.lock()) {
        all.push_back(there->place());
        kept.push_back(std::move(there));
      }
    }
  }
  for (const auto& place : all) {
    place->drop_follower(process);
    if (place->id().process == process)
      place->close(reason_of(exit_of(process)));
    else
      place->vacate_if_in(process);
    if (place->id().process == self_ && place->last_process() == process)
      leave_name_of(*place);
  }
}

void actor_system::close_seats() {
  std::unordered_map<actor_number, std::shared_ptr<seat>> ours;
  std::vector<std::shared_ptr<endpoint>> others; // of processes elsewhere
  {
    std::lock_guard lock{state_->mutex};
    ours.swap(state_->seats);
    for (const auto& [id, known] : state_->endpoints)
      if (is_seat(id) && id.process != self_)
        if (auto there = known.lock())
          others.push_back(std::move(there));
  }
  const exit_reason why{.kind = exit_kind::stopped, .text = "the runtime ended"};
  for (const auto& [number, place] : ours)
    place->close(why);
  for (const auto& there : others)
    there->place()->close(why);
}

process_id actor_system::process_of(actor_id id, steady_time deadline) {
  if (is_seat(id))
    if (const auto there = reach(id); there->place())
      if (!there->place()->wait_for_occupant(deadline) && there->place()->is_vacant() && now() >= deadline)
        throw timeout_error("the actor beside which another is to be is still being restarted");
  return process_now(id);
}

bool actor_system::is_here(const placement& place, steady_time deadline) {
  return place.what() == placement::kind::here ||
         (place.what() == placement::kind::beside && process_of(place.neighbour(), deadline) == self_);
}

process_id actor_system::process_now(actor_id id) {
  if (!is_seat(id))
    return id.process;
  const auto there = reach(id);
  const auto occupant = there->place() ? there->place()->occupant() : nullptr;
  if (!occupant)
    throw actor_down("the supervised actor is not there: it has ended, or is being restarted");
  return occupant->id().process;
}

} // namespace troupe::detail
