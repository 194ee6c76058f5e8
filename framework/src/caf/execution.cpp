// SPDX-License-Identifier: BSD-3-Clause
#include "caf/execution.hpp"

#include "caf/cell.hpp"

#include <chrono>
#include <utility>

namespace troupe::detail {

namespace {

// Messages an actor handles before others have their turn. One actor could otherwise keep a thread.
constexpr std::size_t messages_per_turn = 256;

// Actors of one thread that keep each other ready would otherwise keep all others waiting.
constexpr unsigned turns_before_others = 16;

// Turns of a family before others have theirs; together they may take as long as one actor's.
constexpr unsigned turns_of_family = 256;

bool is_bounded(caf::resumable* job) {
  if (job->subtype() != caf::resumable::scheduled_actor)
    return false;
  const auto* c = dynamic_cast<const cell*>(job);
  return c && c->kind() == handler_kind::bounded;
}

} // namespace

std::uint64_t coordinator::next_generation() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

void coordinator::enqueue(caf::resumable* job) {
  {
    std::lock_guard lock{mutex_};
    jobs_.push_back(job);
    ready_.store(jobs_.size(), std::memory_order_seq_cst);
  }
  if (wake_)
    wake_();
}

caf::resumable* coordinator::take() {
  if (!has_ready())
    return nullptr;
  std::lock_guard lock{mutex_};
  if (jobs_.empty())
    return nullptr;
  auto* job = jobs_.front();
  jobs_.pop_front();
  ready_.store(jobs_.size(), std::memory_order_release);
  return job;
}

void coordinator::stop() {
  while (auto* job = take())
    cleanup_and_release(job);
}

unit& unit::current(caf::actor_system& sys) {
  // A pointer, which needs no destructor: a runtime in a static variable ends after the thread-local objects
  // of its thread and still gets here.
  static thread_local unit* mine = nullptr;
  if (!mine) [[unlikely]] {
    mine = new unit;
    struct owner {
      ~owner() { delete std::exchange(mine, nullptr); }
    };
    static thread_local const owner at_end_of_thread;
  }
  auto& u = *mine;
  const auto generation = static_cast<coordinator&>(sys.scheduler()).generation();
  if (u.generation_ != generation) { // a new runtime in the same thread
    u.generation_ = generation;
    u.system_ = &sys;
    u.is_scheduler_thread_ = false;
    u.bounded_.clear();
    u.woken_.clear();
    u.family_.clear();
    u.local_.clear();
  }
  return u;
}

// While the thread waits inside a job, it runs no other: they must not wait for that.
void unit::exec_later(caf::resumable* job) {
  auto& central = static_cast<coordinator&>(system().scheduler());
  const bool may_stay = is_scheduler_thread_ && waits_ == 0 && (local_.empty() || !central.is_shared());
  if (is_bounded(job))
    bounded_.push_back(job);
  else if (!may_stay)
    central.enqueue(job);
  else if (running_ && !central.is_shared())
    woken_.push_back(job);
  else
    local_.push_back(job);
}

void unit::leave_to_others(std::deque<caf::resumable*>& jobs, coordinator& central) {
  for (auto* job : std::exchange(jobs, {}))
    central.enqueue(job);
}

void unit::leave_all_to_others(coordinator& central) {
  leave_to_others(woken_, central);
  leave_to_others(family_, central);
  leave_to_others(local_, central);
}

void unit::leave_scheduler_thread(coordinator& central) {
  is_scheduler_thread_ = false;
  leave_to_others(bounded_, central);
  leave_all_to_others(central);
}

bool unit::begin_wait(coordinator& central) {
  if (!is_scheduler_thread_)
    return false;
  ++waits_;
  leave_all_to_others(central);
  return true;
}

class unit::inside_job {
 public:
  explicit inside_job(unit& u) : unit_{u}, outer_{std::exchange(u.running_, true)} {}
  ~inside_job() {
    unit_.running_ = outer_;
    auto& family = unit_.family_;
    family.insert(family.begin(), unit_.woken_.begin(), unit_.woken_.end());
    unit_.woken_.clear();
  }
  inside_job(const inside_job&) = delete;
  inside_job& operator=(const inside_job&) = delete;

 private:
  unit& unit_;
  const bool outer_;
};

void unit::run_callback(const std::function<void()>& callback) {
  const inside_job now{*this};
  callback();
}

void unit::run(caf::resumable* job) {
  const auto result = [&] {
    const inside_job now{*this};
    return job->resume(this, messages_per_turn);
  }();
  if (result == caf::resumable::resume_later)
    exec_later(job);
  else
    caf::intrusive_ptr_release(job);
}

bool unit::family_is_over() {
  const auto now = [] { return std::chrono::steady_clock::now(); };
  if (++family_turns_ == 1) {
    family_clock_ = turn_clock{now()};
    return false;
  }
  return family_turns_ == turns_of_family || family_clock_.is_over(family_turns_, now);
}

void unit::end_family() {
  family_turns_ = 0;
  local_.insert(local_.end(), family_.begin(), family_.end());
  family_.clear();
}

// A thread that waits inside an actor's handler gets here with `running_` set: it may then run bounded
// actors, whose handlers never wait, but starts no user's handler underneath the one it is in.
caf::resumable* unit::next_local() {
  const bool bounded_only = running_ || !bounded_.empty();
  const bool others = !bounded_only && (family_.empty() || family_is_over());
  if (others)
    end_family();
  auto& jobs = bounded_only ? bounded_ : others ? local_ : family_;
  if (jobs.empty())
    return nullptr;
  auto* job = jobs.front();
  jobs.pop_front();
  return job;
}

bool unit::run_local() {
  bool any = false;
  while (auto* job = next_local()) {
    run(job);
    any = true;
  }
  return any;
}

bool unit::run_bounded() {
  if (bounded_.empty())
    return false;
  while (!bounded_.empty())
    run(next_local());
  return true;
}

// From before there were several threads.
void unit::share_surplus(coordinator& central) {
  if (!central.is_shared())
    return;
  end_family();
  while (local_.size() > 1) {
    central.enqueue(local_.back());
    local_.pop_back();
  }
}

bool unit::run_one(coordinator& central) {
  auto* job = bounded_.empty() && ++turns_ % turns_before_others == 0 ? central.take() : nullptr;
  if (!job)
    job = next_local();
  if (!job)
    job = central.take();
  share_surplus(central);
  if (job)
    run(job);
  return job != nullptr;
}

} // namespace troupe::detail
