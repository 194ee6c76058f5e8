// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/process.hpp>

#include "actor/actor_environment.hpp"
#include "actor/node_state.hpp"

#include <troupe/detail/actor_system.hpp>
#include <troupe/exceptions.hpp>
#include <troupe/failure.hpp>

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>

namespace troupe {

struct process::state {
  detail::node& owner;
  std::weak_ptr<const void> owner_present;
  std::weak_ptr<detail::actor_system> owner_system;
  process_options options;
  detail::child_entry entry;
  encoder arguments;

  /// Empty before the start. Any thread.
  detail::child started() const {
    std::lock_guard lock{mutex};
    return child;
  }
  void start() {
    auto made = owner.start_child({options.name}, entry, arguments);
    std::lock_guard lock{mutex};
    child = std::move(made);
  }

  mutable std::mutex mutex{}; // guards what follows
  detail::child child{};
};

namespace {

std::string default_name() {
  static std::atomic<unsigned> count{0};
  return "process-" + std::to_string(++count);
}

} // namespace

process::process(runtime& rt, process_options options, detail::child_entry first, encoder arguments)
    : state_{new state{detail::node::of(rt), detail::node::of(rt).presence(),
                       detail::node::of(rt).internals().system, std::move(options), first,
                       std::move(arguments)}} {
  if (state_->options.name.empty())
    state_->options.name = default_name();
}

process::process(process&&) noexcept = default;

process& process::operator=(process&& other) noexcept {
  process gone{std::move(*this)};
  state_ = std::move(other.state_);
  return *this;
}

process::~process() {
  const auto child = state_ ? state_->started() : detail::child{};
  if (!child)
    return;
  if (state_->options.daemon) {
    terminate();
    if (!join_until(detail::deadline_after(std::chrono::seconds{1})))
      kill();
  }
  child.wait_ended(detail::forever_from_now);
}

detail::child process::started(const char* what) const {
  if (!state_)
    throw usage_error(std::string{"process::"} + what + " on a closed or moved-from process");
  auto child = state_->started();
  if (!child)
    throw usage_error(std::string{"process::"} + what + " before start(): start the process first");
  return child;
}

void process::start() {
  if (!state_)
    throw usage_error("process::start on a closed or moved-from process");
  if (state_->started())
    throw usage_error("process::start called a second time: make a new process object");
  if (state_->owner_present.expired())
    throw usage_error("process::start after the end of its runtime: make a new process object");
  state_->start();
}

void process::join() { join_until(detail::forever_from_now); }

// What it told actors of this process is in their mailboxes by then: whoever joins asks for the outcome next.
bool process::join_until(detail::steady_time deadline) {
  const auto child = started("join");
  if (const auto system = state_->owner_system.lock())
    system->environment().wait(
        system.get(), [&] { return system->knows_end_of(child.id()); }, deadline);
  return child.wait_ended(deadline); // also after the end of the runtime
}

void process::terminate() { started("terminate").kill(SIGTERM); }

void process::kill() { started("kill").kill(SIGKILL); }

void process::close() {
  if (is_alive())
    throw usage_error("process::close while it runs: join() or terminate() it first");
  state_.reset();
}

bool process::is_alive() const {
  const auto child = state_ ? state_->started() : detail::child{};
  return child && !child.wait_ended(detail::steady_time::min());
}

std::optional<int> process::exitcode() const {
  const auto child = state_ ? state_->started() : detail::child{};
  if (!child || !child.wait_ended(detail::steady_time::min()))
    return std::nullopt;
  const auto exit = child.exit();
  if (exit->signal)
    return -*exit->signal;
  return exit->code;
}

pid_t process::pid() const { return started("pid").pid(); }

const std::string& process::name() const {
  if (!state_)
    throw usage_error("process::name on a closed or moved-from process");
  return state_->options.name;
}

bool process::daemon() const { return state_ && state_->options.daemon; }

int process::sentinel() const { return started("sentinel").pidfd(); }

process_info current_process() {
  return {std::string{detail::process_name()}, ::getpid(), process_state::running, {}};
}

std::optional<process_info> parent_process() {
  if (!detail::in_child_process())
    return std::nullopt;
  return process_info{::program_invocation_short_name, ::getppid(), process_state::running, {}};
}

} // namespace troupe
