// SPDX-License-Identifier: BSD-3-Clause
#include "caf/execution.hpp"

#include "caf/cell.hpp"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace troupe::detail {

namespace {

// Messages an actor handles before others have their turn. One actor could otherwise keep a thread.
constexpr std::size_t messages_per_turn = 256;

// Actors of one thread that keep each other ready would otherwise keep all others waiting.
constexpr unsigned turns_before_others = 16;

// Turns that a thread with a work of its own gives to actors: others may go on to send them messages for ever.
constexpr unsigned turns_for_others = 16;

// Turns of a family before others have theirs; together they may take as long as one actor's.
constexpr unsigned turns_of_family = 256;

// From one look to the next: less CPU time is no computing, even on a busy machine.
constexpr std::chrono::milliseconds least_computing{2};

// A thread in the place of one that computes makes two run at once, which costs short jobs more than it gives.
constexpr int looks_at_computing = 10;

// The pool's workers do nothing else than run tasks: nobody takes their place.
bool may_be_late(const caf::resumable* job) { return job->subtype() == caf::resumable::function_object; }

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

void coordinator::enter(unit& thread) {
  std::lock_guard lock{threads_mutex_};
  threads_.push_back(&thread);
}

void coordinator::leave(unit& thread) {
  std::lock_guard lock{threads_mutex_};
  std::erase(threads_, &thread);
}

jobs_seen coordinator::look_at_jobs() {
  std::deque<caf::resumable*> queued;
  jobs_seen all;
  {
    std::lock_guard lock{threads_mutex_};
    for (auto* thread : threads_) {
      const auto seen = thread->look(queued);
      all.any |= seen.any;
      all.late |= seen.late;
    }
  }
  enqueue_all(queued);
  return all;
}

void coordinator::enqueue_all(const std::deque<caf::resumable*>& jobs) {
  for (auto* job : jobs)
    enqueue(job);
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
  auto& central = static_cast<coordinator&>(sys.scheduler());
  if (u.generation_ != central.generation()) { // a new runtime in the same thread
    u.generation_ = central.generation();
    u.central_ = &central;
    u.system_ = &sys;
    u.is_scheduler_thread_ = false;
    u.bounded_.clear();
    u.woken_.clear();
    u.family_.clear();
    u.local_.clear();
  }
  return u;
}

// While the thread waits inside a job, or that is late, it runs no other: they must not wait for that. Null: it goes to
// others. REQUIRES: lock_ is held, or this is its thread, outside of a job.
std::deque<caf::resumable*>* unit::queue_for(caf::resumable* job) {
  if (late_)
    return nullptr;
  if (is_bounded(job))
    return &bounded_;
  const bool alone = !central_->is_shared();
  if (!is_scheduler_thread_ || waits_ != 0 || (!alone && !local_.empty()))
    return nullptr;
  return running_ && alone ? &woken_ : &local_;
}

std::unique_lock<biased_lock> unit::queues_locked() {
  std::unique_lock lock{lock_, std::defer_lock};
  if (is_inside_job())
    lock.lock();
  return lock;
}

void unit::exec_later(caf::resumable* job) {
  auto lock = queues_locked();
  if (auto* const own = queue_for(job)) {
    own->push_back(job);
    return;
  }
  if (lock)
    lock.unlock();
  central_->enqueue(job);
}

void unit::enter_scheduler_thread() {
  is_scheduler_thread_ = true;
  ::pthread_getcpuclockid(::pthread_self(), &cpu_clock_);
  central_->enter(*this);
}

// REQUIRES: lock_ is held, or this is its thread, outside of a job.
void unit::take_unbounded(std::deque<caf::resumable*>& into) {
  for (auto* jobs : {&woken_, &family_, &local_})
    for (auto* job : std::exchange(*jobs, {}))
      into.push_back(job);
}

// REQUIRES: the same.
void unit::take_all(std::deque<caf::resumable*>& into) {
  take_unbounded(into);
  for (auto* job : std::exchange(bounded_, {}))
    into.push_back(job);
}

void unit::leave_all_to_others() {
  std::deque<caf::resumable*> queued;
  take_all(queued);
  central_->enqueue_all(queued);
}

void unit::leave_scheduler_thread() {
  is_scheduler_thread_ = false;
  central_->leave(*this);
  leave_all_to_others();
}

bool unit::begin_wait() {
  if (!is_scheduler_thread_)
    return false;
  std::deque<caf::resumable*> queued;
  {
    std::lock_guard lock{lock_};
    const bool is_away = std::exchange(late_, false);
    if (++waits_ == 1 && !is_away)
      central_->note_away(+1);
    take_unbounded(queued);
  }
  central_->enqueue_all(queued);
  return true;
}

void unit::end_wait() {
  job_.fetch_add(2, std::memory_order_relaxed); // another one, as far as its time is concerned
  std::lock_guard lock{lock_};
  if (--waits_ == 0)
    central_->note_away(-1);
}

bool unit::is_overdue(bool same_job) {
  timespec now{};
  ::clock_gettime(cpu_clock_, &now);
  const auto cpu_time = std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
  const bool computes = cpu_time - std::exchange(seen_cpu_time_, cpu_time) >= least_computing;
  seen_computing_ = same_job ? seen_computing_ + 1 : 0;
  return same_job && (!computes || seen_computing_ >= looks_at_computing);
}

jobs_seen unit::look(std::deque<caf::resumable*>& queued) {
  const biased_lock::visit lock{lock_};
  const auto job = job_.load(std::memory_order_acquire);
  const bool same = std::exchange(seen_job_, job) == job;
  const bool inside = job % 2 == 1;
  if (inside && !late_ && is_overdue(same) && waits_ == 0) {
    late_ = true;
    was_late_ = true;
    central_->note_away(+1);
    take_all(queued);
  }
  return {.any = inside, .late = late_};
}

class unit::inside_job {
 public:
  inside_job(unit& u, bool may_be_late)
      : unit_{u}, outer_{std::exchange(u.running_, true)}, may_be_late_{may_be_late} {
    if (may_be_late_) {
      step();
      u.central_->note_job();
    }
  }
  ~inside_job() {
    unit_.running_ = outer_;
    const auto lock = unit_.queues_locked(); // a bounded actor's turn can be within a job that may be late
    if (may_be_late_) {
      step();
      if (std::exchange(unit_.late_, false)) [[unlikely]]
        unit_.central_->note_away(-1);
    }
    auto& family = unit_.family_;
    family.insert(family.begin(), unit_.woken_.begin(), unit_.woken_.end());
    unit_.woken_.clear();
  }
  inside_job(const inside_job&) = delete;
  inside_job& operator=(const inside_job&) = delete;

 private:
  // Whoever sees that a job has begun sees what was queued before.
  void step() {
    auto& job = unit_.job_;
    job.store(job.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  unit& unit_;
  const bool outer_;
  const bool may_be_late_;
};

job_run unit::run_callback(const std::function<void()>& callback) {
  {
    const inside_job now{*this, /*may_be_late=*/true};
    callback();
  }
  return how_it_ran();
}

void unit::run(caf::resumable* job) {
  const auto result = [&] {
    const inside_job now{*this, may_be_late(job)};
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
  const auto lock = queues_locked();
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
  unsigned turns = 0;
  while (auto* job = turns < turns_for_others ? next_local() : nullptr) {
    run(job);
    ++turns;
  }
  if (turns == turns_for_others)
    pass_bounded_on();
  return turns != 0;
}

void unit::pass_bounded_on() {
  std::deque<caf::resumable*> queued;
  {
    const auto lock = queues_locked();
    queued.swap(bounded_);
  }
  central_->enqueue_all(queued);
}

bool unit::run_bounded() {
  if (bounded_.empty())
    return false;
  while (!bounded_.empty())
    run(next_local());
  return true;
}

// From before there were several threads.
void unit::share_surplus() {
  if (!central_->is_shared())
    return;
  end_family();
  while (local_.size() > 1) {
    central_->enqueue(local_.back());
    local_.pop_back();
  }
}

job_run unit::run_one() {
  auto* job = bounded_.empty() && ++turns_ % turns_before_others == 0 ? central_->take() : nullptr;
  if (!job)
    job = next_local();
  if (!job)
    job = central_->take();
  share_surplus();
  if (!job)
    return job_run::none;
  run(job);
  return how_it_ran();
}

} // namespace troupe::detail
