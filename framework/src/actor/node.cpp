// SPDX-License-Identifier: BSD-3-Clause
#include "actor/node_state.hpp"

#include "actor/actor_environment.hpp"
#include "actor/node_environment.hpp"
#include "process/start_child.hpp"

#include <troupe/detail/actor_system.hpp>

#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace troupe::detail {

node::state::state(const session& s, std::uint32_t roster_index, doorbell& own_bell,
                   std::chrono::microseconds spin)
    : shared{s}, bell{own_bell}, seam{[this] { wake_scheduler(); }}, duty{own_bell,
                                                                          s.page().roster[roster_index],
                                                                          links,
                                                                          *this,
                                                                          *this,
                                                                          spin_meter{spin, s.page()}} {}

node::state::~state() = default;

void node::state::on_message(process_id from, actor_number target, std::uint32_t tag, payload&& body) {
  if (target == 0) {
    if (watch)
      introduced.on_message(*this, from, tag, std::move(body));
    else if (from == 0)
      on_process_message(tag, std::move(body));
    return;
  }
  if (tag >= first_actor_tag && tag != down_tag) {
    system->on_message(from, target, tag, std::move(body));
    return;
  }
  envelope message;
  message.tag = tag;
  message.from = from;
  message.body = std::move(body);
  mailbox_ref to;
  {
    std::lock_guard lock{actors_mutex};
    auto found = actors.find(target);
    if (found == actors.end()) {
      if (keeps_early)
        early.emplace_back(target, std::move(message));
      return; // it is gone; whoever sent this monitors it
    }
    to = found->second;
  }
  to.tell(std::move(message));
}

void node::state::publish(actor_number number, const mailbox_ref& ref) {
  std::lock_guard lock{actors_mutex};
  actors.emplace(number, ref);
  for (auto& [target, message] : early)
    if (target == number)
      ref.tell(std::move(message));
  std::erase_if(early, [number](const auto& e) { return e.first == number; });
}

// The end of a child takes the way of its messages: noted here, told by whoever polls its link, after the
// last frame it had sent.
void node::state::child_ended(child_record& child) {
  {
    std::lock_guard lock{exits_mutex};
    exits.emplace(child.id(), child.exit());
  }
  child.way()->set_peer_gone();
  duty.poll_now();
}

void node::state::on_peer_ended(process_id peer) {
  std::shared_ptr<const process_exit> exit;
  {
    std::lock_guard lock{exits_mutex};
    auto found = exits.find(peer);
    if (found == exits.end())
      return;
    exit = std::move(found->second);
    exits.erase(found);
  }
  if (auto farewell = watch ? introduced.take_farewell(peer) : std::vector<last_end>{}; !farewell.empty()) {
    auto more = *exit;
    more.last_ends = std::move(farewell);
    exit = std::make_shared<const process_exit>(std::move(more));
  }
  system->note_exit(peer, *exit); // before the way is closed: whoever finds none asks for this
  close_way(peer);
  if (watch)
    introduced.process_ended(*this, peer, *exit);
  system->on_process_ended(peer, *exit);
  seam.process_ended(peer, std::move(exit));
  duty.notify(system.get()); // whoever joins it
}

namespace {

// Numbers that the runtimes of this process, one after the other, have used: a reference of an earlier one must not
// lead to another's actor. The thread that makes and ends runtimes.
struct {
  process_id next_process = 1;
  actor_system::used_numbers actors{};
} used_so_far;

} // namespace

void node::state::open_system(process_id self) {
  auto environment = std::make_unique<node_environment>(*this);
  world = environment.get();
  system = std::make_shared<actor_system>(self, std::move(environment));
  seam.on_unwatched_job([this] { watch_jobs(); });
  if (self == 0 && used_so_far.actors.actor != 0) {
    first_process = used_so_far.next_process;
    next_process.store(first_process);
    system->begin_behind(used_so_far.actors);
  }
  actor_system::set_current(system);
}

void node::state::close_system() {
  actor_system::set_current(nullptr);
  if (watch)
    used_so_far = {next_process.load(), system->numbers()};
  system->close();
  world->leave();
  while (!ways.empty()) // references may live on
    close_way(ways.begin()->first);
  world->wait_for_visitors(); // from now on nobody finds anything to use
}

void node::state::on_link_broken(process_id peer, const std::string& reason) {
  if (watch) {
    kill_for_garbage(peer, reason);
  } else if (peer != 0) {
    to_supervisor->send(0, static_cast<std::uint32_t>(process_tag::garbage), [&](byte_writer& w) {
      w.put(peer);
      encode(w, reason);
    });
    to_supervisor->ring_peer();
  } else { // a child that cannot understand its supervisor is of no use
    std::fprintf(stderr, "troupe: %s\n", reason.c_str());
    ::_exit(70);
  }
}

void node::state::kill_for_garbage(process_id process, const std::string& reason) {
  if (const auto child = watch->child(process)) {
    std::cerr << "troupe: process " << child->name() << " sent garbage and is killed: " << reason << '\n';
    child->kill_for_garbage(reason);
  }
}

node::node(std::unique_ptr<state> s) : state_{std::move(s)} {}
node::~node() = default;

node& node::of(runtime& rt) { return *rt.node_; }

mailbox_ref node::spawn(std::unique_ptr<message_handler> handler, handler_kind kind, actor_number number) {
  auto ref = state_->seam.spawn(std::move(handler), kind);
  if (number != 0)
    state_->publish(number, ref);
  return ref;
}

void node::forget(actor_number number) {
  std::lock_guard lock{state_->actors_mutex};
  state_->actors.erase(number);
}

actor_number node::next_number() {
  std::lock_guard lock{state_->actors_mutex};
  return state_->next_number++;
}

void node::tell(const mailbox_ref& to, envelope&& message) {
  to.tell(std::move(message));
  state_->seam.run_local();
}

bool node::wait(const completion& flag, steady_time deadline) {
  return state_->wait_aside(
      &flag, [&] { return flag.done(); }, deadline);
}

void node::complete(completion& flag) {
  flag.done_.store(true, std::memory_order_seq_cst);
  state_->duty.notify(&flag);
}

void node::notify(const void* key) { state_->duty.notify(key); }

lasting_node::lasting_node(node& n) : system_{n.internals().system} {}

lasting_node::visit::visit(const lasting_node& at)
    : world_{at.system_->environment()}, is_there_{world_.begin_visit()} {}

lasting_node::visit::~visit() {
  if (is_there_)
    world_.end_visit();
}

bool lasting_node::may_wait() { return !polling_duty::is_within_poll(); }

void lasting_node::complete(completion& flag) const {
  flag.done_.store(true, std::memory_order_seq_cst);
  system_->environment().notify(&flag);
}

void lasting_node::notify(const void* key) const { system_->environment().notify(key); }

bool lasting_node::wait(const completion& flag, steady_time deadline) const {
  return wait_for(
      &flag, [&] { return flag.done(); }, deadline);
}

bool lasting_node::wait_for(const void* key, function_ref<bool()> done, steady_time deadline) const {
  return system_->environment().wait(key, done, deadline);
}

void node::post(std::function<void()> job) { state_->post(std::move(job)); }

void node::post_at(steady_time at, std::function<void()> job) { state_->system->post_at(at, std::move(job)); }

void node::post_to_watcher(std::function<void()> job) { state_->watch->post(std::move(job)); }

child node::start_child(child_options options, child_entry entry,
                        function_ref<void(byte_writer&)> arguments) {
  return {*this, detail::start_child(*state_, std::move(options), entry, arguments)};
}

std::vector<child> node::children() const {
  std::vector<child> all;
  if (state_->watch)
    for (auto& record : state_->watch->children())
      all.emplace_back(const_cast<node&>(*this), record);
  return all;
}

void node::attach(std::weak_ptr<dependent> d) {
  std::lock_guard lock{state_->dependents_mutex};
  std::erase_if(state_->dependents, [](const auto& other) { return other.expired(); });
  state_->dependents.push_back(std::move(d));
}

void node::end_dependents() {
  std::vector<std::weak_ptr<dependent>> all;
  {
    std::lock_guard lock{state_->dependents_mutex};
    all.swap(state_->dependents);
  }
  for (auto d = all.rbegin(); d != all.rend(); ++d)
    if (auto alive = d->lock())
      alive->node_ends();
}

} // namespace troupe::detail
