// SPDX-License-Identifier: BSD-3-Clause
#include "actor/caf_seam.hpp"

#include "caf/biased_lock.hpp"
#include "caf/cell.hpp"
#include "caf/execution.hpp"
#include "caf/proxy.hpp"
#include "caf/targets.hpp"
#include "caf/turn.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/logger.hpp>
#include <caf/make_actor.hpp>

#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>

namespace troupe::detail {

namespace {

struct system_config : caf::actor_system_config {
  system_config() {
    module_factories.emplace_back(
        [](caf::actor_system& sys) -> caf::actor_system::module* { return new coordinator{sys}; });
  }
};

/// A thread in which CAF makes a system or an actor keeps a reference to the system's logger. A system waits at
/// its end until the last of them has gone: for ever, if that thread lives on, or has just ended its own
/// thread-local objects.
struct no_logger_in_this_thread {
  ~no_logger_in_this_thread() { caf::logger::set_current_actor_system(nullptr); }
};

} // namespace

struct caf_seam::state {
  state() : system{config} {
    system.await_actors_before_shutdown(false);
    biased_lock::prepare();
  }

  coordinator& central() { return static_cast<coordinator&>(system.scheduler()); }
  unit& this_thread() { return unit::current(system); }

  system_config config;
  caf::actor_system system;

  /// Whoever asks for a proxy soon after its process has ended is told of that; a long-running supervisor must
  /// not remember every worker it ever had.
  void forget_oldest(process_id now_ended) {
    constexpr std::size_t remembered = 256;
    ended.push_back(now_ended);
    if (ended.size() <= remembered)
      return;
    processes.erase(ended.front());
    ended.pop_front();
  }

  struct remote_process {
    std::map<actor_number, caf::strong_actor_ptr> proxies;
    std::shared_ptr<end_of_process> end;
  };

  /// REQUIRES: mutex is held.
  remote_process& record_of(process_id process) {
    auto& record = processes[process];
    if (!record.end)
      record.end = std::make_shared<end_of_process>(process);
    return record;
  }

  std::mutex mutex; // guards what follows
  std::unordered_map<process_id, remote_process> processes;
  std::deque<process_id> ended; // oldest first; what is known of them is kept for a while
};

namespace {

// Set in fork servers, taken in their children; both have one thread by then.
std::unique_ptr<caf_seam::state> prepared;

std::unique_ptr<caf_seam::state> make_state() {
  const no_logger_in_this_thread at_end;
  return std::make_unique<caf_seam::state>();
}

std::unique_ptr<caf_seam::state> take_prepared() { return prepared ? std::move(prepared) : make_state(); }

} // namespace

caf_seam::caf_seam(std::function<void()> wake) : state_{take_prepared()} {
  state_->central().on_ready(std::move(wake));
}

caf_seam::~caf_seam() { state_->central().on_ready({}); }

void caf_seam::prepare() { prepared = make_state(); }

mailbox_ref caf_seam::spawn(std::unique_ptr<message_handler> handler, handler_kind kind) {
  auto* s = state_.get();
  const no_logger_in_this_thread at_end;
  auto actor = s->system.spawn<cell, caf::hidden + caf::lazy_init>(std::move(handler), kind);
  auto pointer = caf::actor_cast<caf::strong_actor_ptr>(actor);
  return mailbox_ref{std::make_shared<local_target>(s->system, std::move(pointer))};
}

runner_ref caf_seam::make_runner(std::shared_ptr<turn_taker> who) {
  return runner_ref{new turn{state_->system, std::move(who)}};
}

mailbox_ref caf_seam::proxy(process_id process, actor_number number, std::shared_ptr<link> way) {
  auto& s = *state_;
  caf::strong_actor_ptr known;
  std::shared_ptr<const end_of_process> end;
  bool ended = false;
  {
    std::lock_guard lock{s.mutex};
    auto& record = s.record_of(process);
    end = record.end;
    ended = end->exit() != nullptr;
    auto& place = record.proxies[number];
    if (!place) {
      caf::actor_config config;
      place = caf::make_actor<detail::proxy, caf::strong_actor_ptr>(s.system.next_actor_id(), s.system.node(),
                                                                    &s.system, config, number, way);
    }
    known = place;
  }
  if (ended) // a proxy of a dead process is dead from the start: monitors fire at once
    static_cast<caf::actor_proxy*>(known->get())
        ->kill_proxy(nullptr, caf::exit_reason::remote_link_unreachable);
  return mailbox_ref{
      std::make_shared<remote_target>(s.system, known, std::move(end), number, std::move(way))};
}

void caf_seam::process_ended(process_id process, std::shared_ptr<const process_exit> exit) {
  auto& s = *state_;
  std::map<actor_number, caf::strong_actor_ptr> proxies;
  {
    std::lock_guard lock{s.mutex};
    auto& record = s.record_of(process);
    record.end->note(std::move(exit));
    proxies.swap(record.proxies);
    s.forget_oldest(process);
  }
  for (auto& [number, p] : proxies)
    static_cast<caf::actor_proxy*>(p->get())->kill_proxy(&s.this_thread(),
                                                         caf::exit_reason::remote_link_unreachable);
}

void caf_seam::enter_scheduler_thread() { state_->this_thread().enter_scheduler_thread(); }

void caf_seam::share(bool several) { state_->central().share(several); }

void caf_seam::leave_scheduler_thread() { state_->this_thread().leave_scheduler_thread(); }

bool caf_seam::begin_wait() { return state_->this_thread().begin_wait(); }

void caf_seam::end_wait() { state_->this_thread().end_wait(); }

void caf_seam::begin_rest() {
  state_->this_thread().leave_all_to_others();
  state_->central().note_away(+1);
}

void caf_seam::end_rest() { state_->central().note_away(-1); }

std::size_t caf_seam::threads_away() const { return state_->central().threads_away(); }

void caf_seam::on_unwatched_job(std::function<void()> watch) {
  state_->central().on_unwatched_job(std::move(watch));
}

bool caf_seam::exchange_watched(bool watched) { return state_->central().exchange_watched(watched); }

bool caf_seam::is_watched() const { return state_->central().is_watched(); }

jobs_seen caf_seam::look_at_jobs() { return state_->central().look_at_jobs(); }

bool caf_seam::run_local() { return state_->this_thread().run_local(); }

bool caf_seam::run_bounded() { return state_->this_thread().run_bounded(); }

job_run caf_seam::run_callback(const std::function<void()>& callback) {
  return state_->this_thread().run_callback(callback);
}

job_run caf_seam::run_one() { return state_->this_thread().run_one(); }

bool caf_seam::has_ready() const { return state_->central().has_ready(); }

} // namespace troupe::detail
