// SPDX-License-Identifier: BSD-3-Clause
#include "process/child_main.hpp"

#include "actor/message_trace.hpp"
#include "actor/node_environment.hpp"
#include "actor/node_state.hpp"
#include "process/control_thread.hpp"

#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/code_table.hpp>
#include <troupe/detail/forked_copy.hpp>
#include <troupe/exceptions.hpp>
#include <troupe/failure.hpp>

#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>

namespace troupe::detail {

namespace {

// Others may be stopped, or busy for long.
constexpr std::chrono::seconds patience_with_neighbours{2};

struct child_process {
  child_start start;
  notice_of_forks forks_of_the_child; // inherited from the supervisor, unless it was executed
  std::shared_ptr<segment> memory;
  std::unique_ptr<node> here;
  completion entry_arrived;
  payload entry;
};

// The one of this process. Never destroyed: a child ends by _exit.
child_process* own = nullptr;

// Static destructors in a child that came from a fork server belong to the supervisor's objects: they are
// skipped, also when user code calls std::exit. Registered last, so it runs before what was inherited.
void end_at_exit(int code, void*) {
  std::cout.flush();
  std::cerr.flush();
  std::fflush(nullptr);
  ::_exit(code);
}

void on_process_message(std::uint32_t tag, payload&& body) {
  auto& state = own->here->internals();
  if (tag == static_cast<std::uint32_t>(process_tag::entry)) {
    own->entry = std::move(body);
    own->here->complete(own->entry_arrived);
  } else if (tag == static_cast<std::uint32_t>(process_tag::introduced)) {
    state.meet_peer();
  } else if (tag == static_cast<std::uint32_t>(process_tag::peer_ended)) {
    byte_reader in{body.bytes()};
    const auto peer = in.get<process_id>();
    state.peer_has_ended(peer, decode<process_exit>(in));
  } else if (tag == static_cast<std::uint32_t>(process_tag::stop)) {
    state.stop.store(true);
    state.wake_all_schedulers(); // a thread that waits may have read this, while the main thread sleeps
  }
}

void join_runtime() {
  auto& start = own->start;
  own->memory = std::make_shared<segment>(segment::open(std::move(start.segment)));
  own->memory->forget_descriptor();
  auto& page = own->memory->page();
  try {
    start_control_thread(start.lifeline.get(), page.heartbeat,
                         std::chrono::milliseconds{start.request.heartbeat_ms});
  } catch (const spawn_error& e) {
    page.start_error.store(e.errno_value());
    throw;
  }
  auto state = std::make_unique<node::state>(*start.shared, start.request.roster_index,
                                             start.shared->page().roster[start.request.roster_index].bell,
                                             std::chrono::microseconds{start.request.spin_us});
  state->to_supervisor =
      std::make_shared<link>(own->memory, direction::up, start.shared->page().roster[0].bell);
  state->on_process_message = on_process_message;
  state->keeps_early = true;
  state->last_message = &page.last_message;
  state->introductions_socket = start.introductions.get();
  state->open_system(start.request.process);
  state->open_way(0, state->to_supervisor);
  own->here = std::make_unique<node>(std::move(state));
}

int run_entry() {
  own->here->wait(own->entry_arrived, forever_from_now);
  byte_reader in{own->entry.bytes()};
  const auto entry = code_at<child_entry>(in.get<std::uint32_t>());
  child_context context{*own->here, own->start.request.process};
  return entry(context, in);
}

// Whoever has just asked how an actor of this process ended would not be answered any more.
void say_farewell(node::state& here) {
  auto ends = here.system->last_ends();
  byte_buffer said;
  do { // as many as there is room for, the latest first
    said.clear();
    encode(said, ends);
    ends.resize(ends.size() / 2);
  } while (said.size() > farewell_bytes);
  if (ends.empty() && said.size() <= sizeof(std::uint64_t))
    return;
  here.to_supervisor->send(0, static_cast<std::uint32_t>(process_tag::farewell),
                           [&said](byte_writer& w) { w.put(said.data(), said.size()); });
  here.to_supervisor->ring_peer();
}

// What was told and found no room on its way goes before the process does.
void send_rest(node::state& here) {
  here.duty.drive_while([&] { return here.to_supervisor->congested(); });
  here.wait_for_neighbours(std::chrono::steady_clock::now() + patience_with_neighbours);
}

} // namespace

void child_main(child_start&& start) {
  ::on_exit(end_at_exit, nullptr);
  ::prctl(PR_SET_NAME, start.request.name[0] ? start.request.name : "troupe-child", 0, 0, 0);
  set_process_name(start.request.name);
  own = new child_process{std::move(start), {}, {}, {}, {}, {}};
  int code = 1;
  try {
    join_runtime();
    code = run_entry();
  } catch (...) {
    const failure why{std::current_exception()};
    std::cerr << "troupe: process " << process_name() << " ended with " << why.type_name() << ": "
              << why.what() << std::endl;
  }
  if (own->here && !in_forked_copy())
    send_rest(own->here->internals());
  end_at_exit(code, nullptr);
  ::_exit(code);
}

bool in_child_process() { return own != nullptr; }

std::span<std::byte> child_context::black_box() const { return own->memory->black_box(); }

mailbox_ref child_context::supervisor_actor(actor_number number) const {
  auto& state = node_.internals();
  return state.seam.proxy(0, number, state.to_supervisor);
}

bool child_context::congested() const { return node_.internals().to_supervisor->congested(); }

void child_context::wait_for_room() const {
  node_.internals().duty.drive_while([this] { return congested(); });
}

int child_context::serve() const {
  auto& state = node_.internals();
  {
    std::lock_guard lock{state.actors_mutex};
    state.keeps_early = false;
    state.early.clear();
  }
  const node_environment::at_home here{*state.world};
  state.seam.enter_scheduler_thread(); // not earlier: a wait inside the entry must not run users' handlers
  state.scheduler_count.fetch_add(1);
  state.duty.run_scheduler(state.stop);
  state.stop_scheduler_threads();
  state.world->stop_timers(); // or one slower than its period would never be the last
  state.system->admit_no_more();
  while (state.run_one()) { // what came before the request
  }
  state.system->end_all({.kind = exit_kind::stopped, .text = "its process was asked to end"});
  state.system->trace()->flush({});
  say_farewell(state);
  send_rest(state);
  own->memory->page().ended_in_order.store(true);
  return 0;
}

} // namespace troupe::detail
