// SPDX-License-Identifier: BSD-3-Clause
// Starting actors in other processes: what the asker, the supervisor and the process itself do.
#include "actor/actor_system_state.hpp"
#include "actor/ask_process.hpp"
#include "actor/exit_reasons.hpp"
#include "actor/wire_tag.hpp"

#include <troupe/actor.hpp>
#include <troupe/detail/code_table.hpp>
#include <troupe/exceptions.hpp>

#include <utility>

namespace troupe::detail {

// The supervisor. Whoever asked may have ended by the time there is a process: whichever of this and `forsake_processes_of`
// comes second sees what the other did.
void actor_system::on_process_request(process_id from, responder to, std::string name) {
  auto asker = std::make_shared<responder>(std::move(to));
  environment_->post([self = shared_from_this(), from, asker, name] {
    try {
      const auto made = self->environment_->start_process(name);
      {
        std::lock_guard lock{self->state_->mutex};
        self->state_->wanted_by.emplace(made, from);
      }
      if (self->knows_end_of(from))
        self->kill_process(made);
      if (self->knows_end_of(made))
        self->forget_wanted(made);
      asker->succeed(made);
    } catch (...) {
      asker->fail_with_current();
    }
  });
}

void actor_system::forget_wanted(process_id process) {
  std::lock_guard lock{state_->mutex};
  state_->wanted_by.erase(process);
}

void actor_system::forsake_processes_of(process_id asker) {
  std::vector<process_id> forsaken;
  {
    std::lock_guard lock{state_->mutex};
    state_->wanted_by.erase(asker);
    for (const auto& [made, by] : state_->wanted_by)
      if (by == asker)
        forsaken.push_back(made);
  }
  for (const auto process : forsaken)
    if (const auto to = peer(process); to->way())
      to->way().write(wire(actor_tag::forsaken), [](byte_writer& w) { w.put(ask_number{0}); });
}

// Nobody else would keep the time of a start that hangs, or ask this process for anything.
void actor_system::on_forsaken() {
  if (!state_->has_started_actor.load(std::memory_order_relaxed))
    kill_process(self_);
}

void actor_system::on_start_request(process_id from, payload&& body) {
  auto request = std::make_shared<payload>(std::move(body));
  environment_->post([self = shared_from_this(), from, request] {
    byte_reader in{request->bytes()};
    responder to{self->peer(from), in.get<ask_number>()};
    try {
      const auto factory = code_at<actor_factory>(in.get<std::uint32_t>());
      spawn_options options{.name = decode<std::string>(in)};
      options.mailbox = decode<mailbox_options>(in);
      const auto place = decode<seating>(in);
      const auto made = self->spawn(
          std::move(options), [&] { return factory(in); }, place);
      self->state_->has_started_actor.store(true, std::memory_order_relaxed);
      to.succeed(made->id());
    } catch (...) {
      to.fail_with_current();
      if (self->is_empty())
        self->environment_->last_actor_ended(); // its first was to be its reason to exist
    }
  });
}

process_id actor_system::process_for(const spawn_options& options, steady_time deadline) {
  if (options.place.what() == placement::kind::beside)
    return process_of(options.place.neighbour(), deadline);
  const auto name = options.name.empty() ? std::string{"actor-process"} : options.name;
  if (self_ != 0) // only the supervisor starts processes
    return ask_process<process_id>(
        0, actor_tag::process, [&](byte_writer& w) { encode(w, name); },
        {.deadline = deadline,
         .what = "the request for a process '" + name + "'",
         .late = [this](byte_reader& answer) { kill_process(decode<process_id>(answer)); }});
  return environment_->start_process(name);
}

void actor_system::kill_process(process_id process) {
  if (self_ == 0) {
    environment_->kill_process(process);
    return;
  }
  peer(0)->way().write(wire(actor_tag::kill), [process](byte_writer& w) {
    w.put(ask_number{0});
    w.put(process);
  });
}

std::shared_ptr<endpoint> actor_system::spawn_elsewhere(spawn_options options, std::uint32_t factory,
                                                        function_ref<void(byte_writer&)> arguments,
                                                        seating place, urgency* sooner) {
  check(options.mailbox);
  byte_buffer request; // before there is a process: what saving an argument throws leaves none
  request.put(factory);
  encode(request, options.name);
  encode(request, options.mailbox);
  encode(request, place);
  arguments(request);
  const auto deadline = deadline_after(options.start_timeout, now());
  const auto process = process_for(options, deadline);
  const auto put_request = [&](byte_writer& w) { w.put(request.view().data(), request.size()); };
  waiting how{.deadline = deadline, .sooner = sooner, .what = "the start of an actor in another process"};
  if (options.place.what() == placement::kind::own_process)
    how.given_up = [this, process] { kill_process(process); };
  else
    how.late = [this](byte_reader& answer) {
      request_stop(*reach(decode<actor_id>(answer)),
                   {.kind = exit_kind::stopped, .text = "its start had taken too long"});
    };
  return reach(ask_process<actor_id>(process, actor_tag::start, put_request, how));
}

} // namespace troupe::detail
