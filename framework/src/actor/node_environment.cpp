// SPDX-License-Identifier: BSD-3-Clause
#include "actor/node_environment.hpp"

#include "actor/link_target.hpp"
#include "process/start_child.hpp"

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/forked_copy.hpp>
#include <troupe/exceptions.hpp>

#include <unistd.h>

#include <csignal>
#include <random>
#include <utility>

namespace troupe::detail {

node_environment::node_environment(node::state& n)
    : node_{&n},
      clock_{[&n](steady_time now) { return std::min(n.system->ring_alarms(now), n.look_at_jobs(now)); }},
      trace_{n.shared.page().trace} {}

// Of the calling thread.
thread_local const node_environment* node_environment::at_home_in = nullptr;

node_environment::at_home::at_home(const node_environment& here)
    : before_{std::exchange(at_home_in, &here)} {}
node_environment::at_home::~at_home() { at_home_in = before_; }

node::state* node_environment::enter() {
  if (at_home_in == this)
    return node_.load(std::memory_order_relaxed);
  visitors_.fetch_add(1, std::memory_order_seq_cst);
  auto* const n = node_.load(std::memory_order_seq_cst);
  if (!n) [[unlikely]]
    end_visit();
  return n;
}

bool node_environment::begin_visit() { return enter() != nullptr; }

void node_environment::end_visit() noexcept {
  if (at_home_in == this)
    return;
  visitors_.fetch_sub(1, std::memory_order_seq_cst);
  if (awaits_guests_.load(std::memory_order_seq_cst))
    visitors_.notify_all();
}

/// A thread that uses the node for a moment.
class node_environment::visitor {
 public:
  explicit visitor(node_environment& at) : at_{at}, node_{at.enter()} {}
  ~visitor() {
    if (node_)
      at_.end_visit();
  }
  visitor(const visitor&) = delete;
  visitor& operator=(const visitor&) = delete;

  /// Null once it has left.
  node::state* present() const { return node_; }
  /// Errors: stopped.
  node::state& needed() const {
    if (!node_)
      throw stopped("the runtime has ended");
    return *node_;
  }

 private:
  node_environment& at_;
  node::state* const node_;
};

/// A thread that waits here, of whichever kind: the node stays until it has left.
class node_environment::guest {
 public:
  explicit guest(node_environment& at) : at_{at}, home_{at} {
    at_.guests_.fetch_add(1, std::memory_order_seq_cst);
    node_ = at_.node_.load(std::memory_order_seq_cst);
  }
  ~guest() {
    at_.guests_.fetch_sub(1, std::memory_order_seq_cst);
    if (at_.awaits_guests_.load(std::memory_order_seq_cst))
      at_.guests_.notify_all();
  }
  guest(const guest&) = delete;
  guest& operator=(const guest&) = delete;

  /// Null once it has left.
  node::state* present() const { return node_; }

 private:
  node_environment& at_;
  const at_home home_;
  node::state* node_;
};

namespace {

void wait_for_none(const std::atomic<std::size_t>& there) {
  for (auto count = there.load(); count != 0; count = there.load())
    there.wait(count);
}

} // namespace

void node_environment::wait_for_guests() {
  awaits_guests_.store(true, std::memory_order_seq_cst);
  wait_for_none(guests_);
}

void node_environment::wait_for_visitors() {
  wait_for_guests();
  wait_for_none(visitors_);
}

void node_environment::leave() {
  clock_.stop();
  node_.store(nullptr);
}

std::atomic<std::uint32_t>* node_environment::last_message() {
  const visitor here{*this};
  return here.needed().last_message;
}

runner_ref node_environment::make_runner(std::shared_ptr<actor_host> host) {
  const visitor here{*this};
  return here.needed().seam.make_runner(std::move(host));
}

void node_environment::post(std::function<void()> job) {
  const visitor here{*this};
  here.needed().post(std::move(job));
}

mailbox_ref node_environment::way_to(actor_id id) {
  const visitor here{*this};
  auto way = here.present() ? here.present()->way_to(id.process) : nullptr;
  if (!way)
    return {};
  return mailbox_ref{std::make_shared<link_target>(id.process, id.number, std::move(way))};
}

process_id node_environment::start_process(const std::string& name) {
  const visitor here{*this};
  return start_child(here.needed(), {name}, &serve_actors, [](byte_writer&) {})->id();
}

void node_environment::last_actor_ended() {
  const visitor here{*this};
  auto& n = here.needed();
  if (!n.ends_with_actors)
    return;
  n.stop.store(true);
  n.wake_all_schedulers();
}

bool node_environment::wait(const void* key, function_ref<bool()> done, steady_time deadline) {
  if (in_forked_copy())
    return done(); // nobody will make it so
  const guest here{*this};
  return here.present() ? here.present()->wait(key, done, deadline) : done();
}

void node_environment::notify(const void* key) {
  if (const visitor here{*this}; here.present())
    here.present()->duty.notify(key);
}

void node_environment::let_links_move(function_ref<bool()> condition, steady_time deadline) {
  const guest here{*this};
  if (auto* n = here.present())
    n->drive_aside([&] { return condition() && !n->stop.load(); }, deadline);
}

pid_t node_environment::pid_of(process_id process) {
  const visitor here{*this};
  auto* n = here.present();
  if (!n || !n->watch)
    return 0; // only the supervisor is asked
  if (process == 0)
    return ::getpid();
  const auto child = n->watch->child(process);
  return child ? child->pid() : 0;
}

void node_environment::kill_process(process_id process) {
  const visitor here{*this};
  auto* n = here.present();
  if (const auto child = n && n->watch ? n->watch->child(process) : nullptr)
    child->kill(SIGKILL);
}

std::uint64_t node_environment::random() {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  return generator();
}

int serve_actors(child_context& context, byte_reader&) {
  context.here().internals().ends_with_actors = true;
  return context.serve();
}

} // namespace troupe::detail
