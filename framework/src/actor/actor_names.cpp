// SPDX-License-Identifier: BSD-3-Clause
// Names: the supervisor knows them all.
//
// Whoever was told of an end may give its name to another. A process says that a name is free (leave) before it tells
// anybody of the end, but on another link than those it tells: a third process may be heard first. So a name that is
// taken is refused only when the process of its owner has been asked once more (sync), and what it had said before
// has arrived.
#include "actor/actor_environment.hpp"
#include "actor/actor_system_state.hpp"
#include "actor/ask_process.hpp"

#include <troupe/exceptions.hpp>

#include <algorithm>
#include <utility>

namespace troupe::detail {

/// Somebody waits for what will become of a name: for as long as this lives, its end counts as an answer.
class actor_system::hearing {
 public:
  hearing(state& s, const std::string& name, std::shared_ptr<actor_system> asker)
      : state_{s}, answer_{std::make_shared<pending_value<void>>(std::move(asker))} {
    std::lock_guard lock{state_.mutex};
    place_ = state_.hearings.emplace(name, answer_);
  }
  ~hearing() {
    std::lock_guard lock{state_.mutex};
    state_.hearings.erase(place_);
  }
  hearing(const hearing&) = delete;
  hearing& operator=(const hearing&) = delete;

  const std::shared_ptr<pending_value<void>>& answer() const { return answer_; }

 private:
  state& state_;
  std::shared_ptr<pending_value<void>> answer_;
  std::multimap<std::string, std::shared_ptr<pending_value<void>>>::iterator place_;
};

void actor_system::enroll(const std::string& name, actor_id id, steady_time deadline) {
  if (self_ != 0) {
    ask_process<void>(0, actor_tag::enroll,
                      [&](byte_writer& w) {
                        encode(w, name);
                        encode(w, id);
                      },
                      {.deadline = deadline,
                       .what = "whether the name '" + name + "' is free",
                       .late = [this, id](byte_reader&) { leave_names(id); }});
    return;
  }
  if (take_name(name, id))
    return;
  hear_out(name, deadline);
  if (!take_name(name, id))
    throw usage_error("an actor called '" + name + "' is there already: names are unique in a runtime");
}

// The thread that polls: it does not wait.
void actor_system::on_enroll_request(responder to, const std::string& name, actor_id id) {
  try {
    if (take_name(name, id)) {
      to.succeed();
      return;
    }
  } catch (const actor_down&) {
    to.fail_with_current();
    return;
  }
  auto asker = std::make_shared<responder>(std::move(to));
  environment_->post([self = shared_from_this(), asker, name, id] {
    try {
      self->enroll(name, id);
      asker->succeed();
    } catch (...) {
      asker->fail_with_current();
    }
  });
}

// Errors: actor_down for an actor whose process has ended while it was to get the name: nobody would give that back.
bool actor_system::take_name(const std::string& name, actor_id id) {
  std::lock_guard lock{state_->mutex};
  if (knows_exit_of(id.process))
    throw actor_down("the process of the actor that was to be called '" + name + "' has ended");
  return state_->names.emplace(name, id).second;
}

// The process from which the end of whoever has that name would be told.
process_id actor_system::holder_of(const std::string& name) const {
  actor_id id{self_, 0};
  {
    std::lock_guard lock{state_->mutex};
    if (const auto found = state_->names.find(name); found != state_->names.end())
      id = found->second;
  }
  const auto place = is_seat(id) ? known_seat(id) : nullptr;
  return place ? place->last_process() : id.process;
}

// Waits until the name is free; or all has arrived that the process of its owner had said by now; or the end of that is
// known; or it has been silent for long.
void actor_system::hear_out(const std::string& name, steady_time latest) {
  constexpr std::chrono::seconds longest{5};
  const auto process = holder_of(name);
  if (process == self_)
    return;
  const auto deadline = std::min(latest, environment_->now() + longest);
  const auto to = peer(process);
  if (!to->way()) { // its end is about to be told
    environment_->wait(
        this, [&] { return knows_end_of(process); }, deadline);
    return;
  }
  const hearing heard{*state_, name, shared_from_this()};
  const auto question = expect(heard.answer(), process);
  to->way().write(wire(actor_tag::sync), [&](byte_writer& w) { w.put(question); });
  check_alive(*to);
  heard.answer()->wait(deadline);
  forget(question);
}

std::shared_ptr<endpoint> actor_system::find(const std::string& name, steady_time deadline) {
  actor_id id;
  if (self_ != 0) {
    id = ask_process<actor_id>(0, actor_tag::find, [&](byte_writer& w) { encode(w, name); },
                               {.deadline = deadline, .what = "who is called '" + name + "'"});
  } else {
    std::lock_guard lock{state_->mutex};
    if (const auto found = state_->names.find(name); found != state_->names.end())
      id = found->second;
  }
  return id.number == 0 ? nullptr : reach(id);
}

void actor_system::leave_names(actor_id id) {
  if (self_ != 0) {
    peer(0)->way().write(wire(actor_tag::leave), [&](byte_writer& w) {
      w.put(ask_number{0});
      w.put(id.number);
    });
    return;
  }
  std::vector<std::shared_ptr<pending_value<void>>> heard;
  {
    std::lock_guard lock{state_->mutex};
    std::erase_if(state_->names, [&](const auto& entry) {
      if (entry.second != id)
        return false;
      const auto [first, last] = state_->hearings.equal_range(entry.first);
      for (auto each = first; each != last; ++each)
        heard.push_back(each->second);
      return true;
    });
  }
  for (const auto& each : heard)
    each->set();
}

void actor_system::leave_names(const actor_host& host) {
  if (host.is_named())
    leave_names(host.id());
  else if (host.is_seated() && self_ != 0)
    leave_names(host.seat());
  else if (const auto place = host.is_seated() ? known_seat(host.seat()) : nullptr)
    leave_name_of(*place);
}

void actor_system::on_leave(process_id from, actor_number number) {
  if (!is_seat({self_, number}))
    leave_names({from, number});
  else if (const auto place = known_seat({self_, number}))
    leave_name_of(*place);
}

void actor_system::leave_name_of(const seat& place) {
  if (!place.expects_successor())
    leave_names(place.id());
}

} // namespace troupe::detail
