// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/actor_system.hpp>

#include "actor/actor_system_state.hpp"
#include "actor/exit_reasons.hpp"

#include <troupe/actor.hpp>
#include <troupe/detail/acting_system.hpp>
#include <troupe/exceptions.hpp>

#include <algorithm>
#include <utility>

namespace troupe::detail {

namespace {

// Of this process. Never destroyed: a runtime in a static variable ends after this would have.
struct current_holder {
  std::mutex mutex; // guards system
  std::shared_ptr<actor_system> system;
};
current_holder& the_current() {
  static auto* made = new current_holder;
  return *made;
}

} // namespace

actor_system::actor_system(process_id self, std::unique_ptr<actor_environment> environment)
    : self_{self},
      environment_{std::move(environment)},
      last_message_{environment_->last_message()},
      trace_{environment_->trace()},
      state_{std::make_unique<state>()} {}

actor_system::~actor_system() = default;

std::shared_ptr<actor_system> actor_system::current() {
  if (const auto* simulated = acting_system::of_this_thread())
    return *simulated;
  auto& c = the_current();
  std::lock_guard lock{c.mutex};
  if (!c.system)
    throw usage_error("there is no runtime in this process: make a troupe::runtime first");
  return c.system;
}

void actor_system::set_current(std::shared_ptr<actor_system> system) {
  auto& c = the_current();
  std::lock_guard lock{c.mutex};
  c.system = std::move(system);
}

// ---- who is there

std::shared_ptr<endpoint> actor_system::reach(actor_id id) {
  if (is_seat(id)) [[unlikely]]
    return reach_seat(id);
  auto& s = *state_;
  std::lock_guard lock{s.mutex};
  auto& known = s.endpoints[id];
  if (auto there = known.lock())
    return there;
  std::shared_ptr<actor_host> host;
  mailbox_ref way;
  std::shared_ptr<send_credit> credit;
  if (id.process != self_) {
    way = environment_->way_to(id);
    credit = s.credit_for(id);
  } else if (const auto found = s.hosts.find(id.number); found != s.hosts.end())
    host = found->second;
  auto made =
      std::make_shared<endpoint>(id, shared_from_this(), std::move(host), std::move(way), std::move(credit));
  known = made;
  if (s.full.contains(id)) [[unlikely]]
    made->set_full(true);
  s.forget_unused_endpoints();
  return made;
}

namespace {

// Each time when there are twice as many as were left the last time.
template <class Map, class IsUnused>
void forget_unused(Map& entries, std::size_t& left, IsUnused is_unused) {
  if (entries.size() < left * 2 + 64)
    return;
  std::erase_if(entries, is_unused);
  left = entries.size();
}

} // namespace

std::shared_ptr<endpoint> actor_system::state::known_endpoint(actor_id id) {
  const auto known = endpoints.find(id);
  return known == endpoints.end() ? nullptr : known->second.lock();
}

std::shared_ptr<send_credit> actor_system::state::credit_for(actor_id id) {
  if (id.capacity == 0)
    return nullptr;
  forget_unused(credits, credits_looked_through, [](const auto& e) { return e.second.use_count() == 1; });
  auto& credit = credits[id];
  if (!credit)
    credit = std::make_shared<send_credit>(id.capacity);
  return credit;
}

void actor_system::state::forget_unused_endpoints() {
  forget_unused(endpoints, endpoints_looked_through, [](const auto& e) { return e.second.expired(); });
}

std::shared_ptr<endpoint> actor_system::peer(process_id process) {
  {
    std::lock_guard lock{state_->mutex};
    if (const auto known = state_->peers.find(process); known != state_->peers.end())
      return known->second;
  }
  auto there = reach({process, system_number});
  std::lock_guard lock{state_->mutex};
  if (!state_->closed && there->way())
    state_->peers.emplace(process, there);
  return there;
}

std::shared_ptr<endpoint> actor_system::spawn(spawn_options options,
                                              function_ref<std::unique_ptr<actor>()> make, seating place) {
  check(options.mailbox);
  auto& s = *state_;
  const auto name = options.name;
  const auto deadline = deadline_after(options.start_timeout, now());
  std::shared_ptr<actor_host> host;
  {
    std::lock_guard lock{s.mutex};
    if (s.closed)
      throw stopped("the runtime has ended: no new actors");
    const actor_id id{self_, s.next_number(), send_credit::counted_capacity(options.mailbox)};
    host = std::make_shared<actor_host>(shared_from_this(), id, std::move(options), place);
    s.hosts.emplace(id.number, host);
  }
  auto there = reach(host->id());
  try {
    if (host->is_named())
      enroll(name, host->id(), deadline);
  } catch (...) {
    host->end({.kind = exit_kind::stopped, .text = "it did not get its name"});
    throw;
  }
  host->start(make);
  return there;
}

// After very many, it begins again, behind those that are there.
actor_number actor_system::state::next_number() {
  do
    last_number = last_number + 1 < first_seat_number ? last_number + 1 : first_actor_number;
  while (hosts.contains(last_number));
  return last_number;
}

bool actor_system::ended(const actor_host& host, const exit_reason& reason) {
  auto& s = *state_;
  std::lock_guard lock{s.mutex};
  s.hosts.erase(host.id().number);
  s.ends.fetch_add(1, std::memory_order_release);
  s.ended.note(host.id().number, reason);
  s.endpoints.erase(host.id()); // whoever asks for it from now on finds nobody
  return s.hosts.empty() && !s.closed;
}

void actor_system::admit_no_more() {
  for (const auto& host : hosts())
    host->admit_no_more();
}

void actor_system::end_all(const exit_reason& reason) {
  {
    std::lock_guard lock{state_->mutex};
    state_->closed = true; // none is added from now on
  }
  // The youngest first: what was started first is what the others rely on.
  const auto all = hosts();
  for (auto host = all.rbegin(); host != all.rend(); ++host)
    (*host)->end(reason);
}

void actor_system::close() {
  end_all({.kind = exit_kind::stopped, .text = "the runtime ended"});
  close_seats();
  {
    std::lock_guard lock{state_->mutex};
    state_->peers.clear(); // which hold this
  }
  state_->receiver.reset(); // which do, too
  state_->asker.reset();
  state_->silent.store(true, std::memory_order_seq_cst); // before what is in the table by now is taken
  const auto why = failure::of(stopped{"the runtime ended before the answer came"});
  for (auto& question : state_->asks.take_all())
    question->fail(why);
}

// ---- how processes ended

void actor_system::state::note_exit(process_id process, const process_exit& exit) {
  {
    std::lock_guard lock{exits_mutex};
    exits.note(process, exit);
  }
  note(process, ending::known);
}

void actor_system::state::note(process_id process, ending how_far) {
  std::lock_guard lock{exits_mutex};
  constexpr std::size_t near = 1 << 20;
  if (endings.size() <= process && process - endings.size() < near)
    endings.resize(std::size_t{process} + 1);
  auto& noted = process < endings.size() ? endings[process] : far_endings[process];
  noted = std::max(noted, how_far);
}

actor_system::state::ending actor_system::state::ending_of(process_id process) {
  std::lock_guard lock{exits_mutex};
  if (process < endings.size())
    return endings[process];
  const auto found = far_endings.find(process);
  return found == far_endings.end() ? ending::none : found->second;
}

process_exit actor_system::state::exit_of(process_id process) {
  std::lock_guard lock{exits_mutex};
  const auto* found = exits.find(process);
  return found ? *found : process_exit{};
}

// ---- questions to others

ask_number actor_system::expect(std::shared_ptr<pending_reply> question, process_id asked, bool is_ask) {
  const auto number = state_->asks.add(std::move(question), asked, is_ask);
  if (state_->silent.load(std::memory_order_seq_cst))
    if (const auto late = state_->asks.take(number))
      late->fail(failure::of(stopped{"the runtime has ended"}));
  return number;
}

bool actor_system::forget(ask_number question) { return state_->asks.take(question) != nullptr; }

// The end of a process is told once, to the questions that were in the table by then.
void actor_system::check_alive(const endpoint& asked) {
  if (asked.way().gone() && knows_end_of(asked.id().process))
    fail_asks_of(asked.id().process);
}

void actor_system::fail_asks_of(process_id process) {
  const auto exit = state_->exit_of(process);
  for (auto& question : state_->asks.take_all_of(process))
    question->process_ended(exit);
}

void actor_system::note_exit(process_id process, const process_exit& exit) {
  state_->note_exit(process, exit);
}

void actor_system::on_process_ended(process_id process, const process_exit& exit) {
  note_exit(process, exit);
  std::shared_ptr<endpoint> gone; // destroyed after the lock
  std::vector<std::shared_ptr<endpoint>> ended;
  {
    std::lock_guard lock{state_->mutex};
    if (const auto known = state_->peers.find(process); known != state_->peers.end()) {
      gone = std::move(known->second);
      state_->peers.erase(known);
    }
    std::erase_if(state_->names, [process](const auto& entry) { return entry.second.process == process; });
    std::erase_if(state_->full, [process](const actor_id& id) { return id.process == process; });
    const auto is_there = [process](const auto& entry) { return entry.first.process == process; };
    std::erase_if(state_->excess, is_there);
    state_->excess_of_ways.erase(process);
    std::erase_if(state_->credits, is_there);
    for (auto& [id, known] : state_->endpoints)
      if (id.process == process)
        if (auto there = known.lock())
          ended.push_back(std::move(there));
  }
  if (state_->asker && state_->asker->id().process == process)
    state_->asker.reset();
  leave_seats_in(process);
  state_->note(process, state::ending::told); // from now on, those who had asked are told, by any thread
  fail_asks_of(process);
  if (self_ == 0)
    forsake_processes_of(process);
  for (const auto& there : ended)
    environment_->notify(there.get()); // whoever waits for room there
}

bool actor_system::knows_end_of(process_id process) const {
  return state_->ending_of(process) == state::ending::told;
}

bool actor_system::knows_exit_of(process_id process) const {
  return state_->ending_of(process) != state::ending::none;
}

process_exit actor_system::exit_of(process_id process) const { return state_->exit_of(process); }

std::uint64_t actor_system::late_answers() const {
  return state_->late_answers.load(std::memory_order_relaxed);
}

// ---- time

steady_time actor_system::now() const { return environment_->now(); }

std::uint64_t actor_system::set_alarm(steady_time at, std::weak_ptr<actor_host> host,
                                      std::unique_ptr<host_job> job) {
  return add_alarm(at, {std::move(host), std::move(job)});
}

void actor_system::post_at(steady_time at, std::function<void()> job) {
  add_alarm(at, {{}, nullptr, std::move(job)});
}

std::uint64_t actor_system::add_alarm(steady_time at, alarm what) {
  auto& s = *state_;
  std::uint64_t number = 0;
  {
    std::lock_guard lock{s.alarms_mutex};
    number = s.alarms.add(at, std::move(what));
    if (s.alarms.next() != at)
      return number;
  }
  try {
    environment_->wake_at(at);
  } catch (...) { // no thread for a clock: those behind it would wait for it in vain
    cancel_alarm(number);
    throw;
  }
  return number;
}

void actor_system::cancel_alarm(std::uint64_t alarm) {
  std::lock_guard lock{state_->alarms_mutex};
  state_->alarms.cancel(alarm);
}

steady_time actor_system::ring_alarms(steady_time now) {
  auto& s = *state_;
  std::unique_lock lock{s.alarms_mutex};
  while (auto due = s.alarms.take_due(now)) {
    lock.unlock();
    if (due->post)
      environment_->post(std::move(due->post));
    else if (const auto host = due->host.lock())
      host->push(std::move(due->job));
    due.reset();
    lock.lock();
  }
  return s.alarms.next();
}

} // namespace troupe::detail

std::uint64_t troupe::late_replies() { return detail::actor_system::current()->late_answers(); }
