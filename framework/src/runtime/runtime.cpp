// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/runtime.hpp>

#include "actor/actor_table.hpp"
#include "actor/node_state.hpp"
#include "actor/roll_call.hpp"
#include "process/heap.hpp"
#include "runtime/dump_signal.hpp"
#include "runtime/foundation.hpp"
#include "runtime/trace_switch.hpp"

#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/forked_copy.hpp>
#include <troupe/exceptions.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <ostream>
#include <string>
#include <system_error>

namespace troupe {

namespace {

// Set by init and by a runtime's constructor, on the main thread before there are others.
// Never destroyed: a program may call exit while a runtime is alive, and its threads use this to the last. The
// fork servers then go with the process, as all children do.
std::unique_ptr<detail::foundation>& the_foundation = *new std::unique_ptr<detail::foundation>;
bool made_by_init = false;
std::atomic<runtime*> the_runtime{nullptr}; // handlers may ask for it while it ends

void check_not_in_child() {
  if (detail::in_child_process())
    throw usage_error(
        "a worker process has no runtime and cannot make one: processes and pools are started by the program "
        "that started it");
}

// The kernel collects children itself then.
bool ends_are_forgotten() {
  struct sigaction now {};
  ::sigaction(SIGCHLD, nullptr, &now);
  return now.sa_handler == SIG_IGN || (now.sa_flags & SA_NOCLDWAIT) != 0;
}

void check(const runtime_options& o) {
  if (o.scheduler_threads == 0)
    throw usage_error("runtime_options.scheduler_threads is 0: actors need at least 1");
  if (o.spin.count() < 0 || o.heartbeat.count() < 0 || o.shutdown_timeout.count() < 0)
    throw usage_error("runtime_options: spin, heartbeat and shutdown_timeout must not be negative");
  if (o.dump_signal < 0 || o.dump_signal >= NSIG || o.dump_signal == SIGKILL || o.dump_signal == SIGSTOP)
    throw usage_error("runtime_options.dump_signal is no signal that a program can handle");
  if (o.start == start_method::spawn && ends_are_forgotten())
    throw usage_error(
        "runtime_options.start is spawn, and this program ignores SIGCHLD (SIG_IGN or SA_NOCLDWAIT): nobody would "
        "learn how its processes end; call std::signal(SIGCHLD, SIG_DFL) before, or use fork_server");
}

// Several of them are to fit into what the parts count in; and who asks for a longer one does not want to be bothered.
constexpr std::chrono::hours longest_heartbeat{24};

// Executing a large program on a loaded machine takes its time.
detail::pulse_rules pulse_of(const runtime_options& o) {
  return {o.heartbeat, o.start == start_method::spawn ? 30 * o.heartbeat : std::chrono::seconds{1}};
}

std::unique_ptr<detail::node> make_node(const runtime_options& options, detail::foundation& f) {
  auto state =
      std::make_unique<detail::node::state>(f.shared, 0, f.shared.page().roster[0].bell, options.spin);
  auto* s = state.get();
  s->options = options;
  s->options.heartbeat = std::min<std::chrono::milliseconds>(options.heartbeat, longest_heartbeat);
  s->forks = f.forks.get();
  try {
    s->watch = std::make_unique<detail::watcher>(pulse_of(s->options),
                                                 [s](detail::child_record& child) { s->child_ended(child); });
    s->open_system(0);
    s->start_scheduler_threads(options.scheduler_threads);
  } catch (const std::system_error& e) {
    if (s->system) {
      s->stop_scheduler_threads();
      s->close_system();
    }
    throw spawn_error("cannot start a thread of the runtime", e.code().value());
  }
  return std::make_unique<detail::node>(std::move(state));
}

void stop_children(detail::node& n, std::chrono::milliseconds timeout) {
  auto children = n.children(); // in the order of their start
  for (auto child = children.rbegin(); child != children.rend(); ++child) {
    child->request_stop();
    if (child->wait_ended(detail::deadline_after(timeout)))
      continue;
    child->kill(SIGKILL);
    child->wait_ended(detail::forever_from_now);
  }
}

/// What a runtime consists of, as far as it was made.
struct parts {
  std::unique_ptr<detail::node>& node;
  std::unique_ptr<detail::trace_switch>& trace;
  std::unique_ptr<detail::dump_signal>& dump;
};

// When there are no children any more.
void take_down(parts made) {
  made.dump.reset();
  if (made.node) {
    auto& state = made.node->internals();
    state.watch->stop();
    state.stop_scheduler_threads();
    if (made.trace)
      made.trace->stop_at_end();
    state.close_system();
    made.node.reset();
  }
  if (!made_by_init)
    the_foundation.reset();
}

std::string table_of(detail::node& n, std::chrono::milliseconds timeout) {
  return detail::actor_table(detail::roll_call(n.internals(), detail::deadline_after(timeout)));
}

} // namespace

void init(int, char**) {
  detail::take_up_exec_role();
  if (the_foundation)
    return;
  the_foundation = std::make_unique<detail::foundation>();
  made_by_init = true;
}

runtime::runtime(int, char**, runtime_options options) : options_{options} {
  detail::take_up_exec_role();
  check_not_in_child();
  check(options);
  if (the_runtime)
    throw usage_error("this process has a runtime already: one is alive at a time");
  if (detail::in_forked_copy())
    throw usage_error(
        "this process was forked from one that had called troupe::init or made a runtime: execute a program "
        "after the fork, or start it by troupe::process");
  detail::keep_freed_memory(options.kept_heap_bytes);
  if (!the_foundation)
    the_foundation = std::make_unique<detail::foundation>();
  try {
    node_ = make_node(options, *the_foundation);
    trace_ = std::make_unique<detail::trace_switch>(node_->internals());
    dump_ =
        std::make_unique<detail::dump_signal>(options.dump_signal, *node_->internals().watch,
                                              [&n = *node_] { return table_of(n, std::chrono::seconds{1}); });
  } catch (...) {
    take_down({node_, trace_, dump_});
    throw;
  }
  the_runtime = this;
}

// A copy of the program that was made by fork has neither the threads nor, as children, the processes: all that is
// theirs is left as it is.
void runtime::leave_to_original() {
  static_cast<void>(dump_.release());
  static_cast<void>(trace_.release());
  static_cast<void>(node_.release());
  static_cast<void>(the_foundation.release());
  the_runtime = nullptr;
}

runtime::~runtime() {
  if (detail::in_forked_copy()) {
    leave_to_original();
    return;
  }
  auto& state = node_->internals();
  node_->end_dependents();
  state.ending.store(true);
  stop_children(*node_, options_.shutdown_timeout);
  the_runtime = nullptr;
  take_down({node_, trace_, dump_});
}

runtime& runtime::current() {
  check_not_in_child();
  auto* const current = the_runtime.load();
  if (!current)
    throw usage_error("there is no runtime in this process: make a troupe::runtime first");
  return *current;
}

std::vector<process_info> runtime::active_children() const {
  std::vector<process_info> all;
  for (auto& child : node_->children())
    if (!child.ended())
      all.push_back({child.name(), child.pid(), process_state::running,
                     node_->internals().system->names_in(child.id())});
  return all;
}

std::vector<actor_info> runtime::actors(std::chrono::milliseconds timeout) const {
  return detail::roll_call(node_->internals(), detail::deadline_after(timeout));
}

void runtime::dump_actors(std::ostream& out, std::chrono::milliseconds timeout) const {
  out << table_of(*node_, timeout) << std::flush;
}

void runtime::start_trace(const std::string& file) { trace_->start(file); }

void runtime::stop_trace() { trace_->stop(); }

} // namespace troupe
