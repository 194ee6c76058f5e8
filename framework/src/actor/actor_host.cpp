// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/actor_host.hpp>

#include "actor/actor_environment.hpp"
#include "actor/exit_reasons.hpp"
#include "actor/message_trace.hpp"
#include "actor/running_host.hpp"
#include "actor/turn_clock.hpp"
#include "codec/current_exception.hpp"

#include <troupe/actor.hpp>
#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/forked_copy.hpp>
#include <troupe/exceptions.hpp>

#include <algorithm>
#include <iostream>
#include <utility>

namespace troupe::detail {

namespace {

// Jobs of one actor before others have their turn.
constexpr std::size_t jobs_per_turn = 128;

} // namespace

actor_host::actor_host(std::shared_ptr<actor_system> system, actor_id id, spawn_options options,
                       seating place)
    : system_{std::move(system)},
      id_{id},
      options_{std::move(options)},
      place_{place},
      begun_{is_seated() ? std::make_unique<begun_questions>() : nullptr} {}

actor_host::~actor_host() = default;

std::string actor_host::label() const {
  if (!options_.name.empty())
    return options_.name;
  return "actor " + std::to_string(id_.process) + "." + std::to_string(id_.number);
}

// ---- what others do to it: any thread

bool actor_host::ended() const {
  std::lock_guard lock{mutex_};
  return ended_;
}

namespace {

struct stop_request final : host_job {
  explicit stop_request(exit_reason r) : reason{std::move(r)} {}
  void run(actor_host& host) override { host.end_after_this(std::move(reason)); }
  exit_reason reason;
};

struct follow_request final : host_job {
  explicit follow_request(std::shared_ptr<endpoint> o) : other{std::move(o)} {}
  void run(actor_host& host) override { host.follow(other); }
  std::shared_ptr<endpoint> other;
};

} // namespace

void actor_host::stop(exit_reason reason) { push(std::make_unique<stop_request>(std::move(reason))); }

void actor_host::follow_soon(std::shared_ptr<endpoint> other) {
  push(std::make_unique<follow_request>(std::move(other)));
}

void actor_host::watch(responder watcher) {
  std::unique_lock lock{mutex_};
  if (!ended_) {
    if (watchers_.size() >= tidy_watchers_at_)
      tidy_watchers();
    watchers_.push_back(std::move(watcher));
    return;
  }
  auto reason = reason_;
  lock.unlock();
  watcher.succeed(std::move(reason));
}

void actor_host::unwatch(question_origin watcher) {
  std::lock_guard lock{mutex_};
  if (ended_)
    return;
  gone_watchers_.push_back(watcher);
  if (2 * gone_watchers_.size() >= std::max<std::size_t>(64, watchers_.size()))
    tidy_watchers();
}

// Those that have ended themselves, or given up. REQUIRES: mutex_ is held.
void actor_host::tidy_watchers() {
  auto gone = std::exchange(gone_watchers_, {});
  std::sort(gone.begin(), gone.end());
  std::erase_if(watchers_, [&gone](auto& w) {
    const bool waits = !w.is_abandoned() && !std::binary_search(gone.begin(), gone.end(), w.origin());
    if (!waits)
      w.drop();
    return !waits;
  });
  tidy_watchers_at_ = std::max<std::size_t>(64, 2 * watchers_.size());
}

bool actor_host::begin_answer(responder& to) {
  if (begun_->add(to))
    return true;
  to.fail(down_failure());
  return false;
}

std::uint64_t actor_host::add_awaited(std::shared_ptr<pending_reply> end) {
  awaited_.emplace(++awaited_made_, std::move(end));
  return awaited_made_;
}

failure actor_host::down_failure() const {
  return failure::of(actor_down{label() + " has ended: " + to_string(reason_)});
}

// ---- the actor: the thread that runs it

void actor_host::start(function_ref<std::unique_ptr<actor>()> make) {
  if (in_forked_copy())
    throw usage_error(
        "a copy of this process, which a fork has made, cannot start actors: nothing would run them");
  const running_host now{*this};
  try {
    constructing_host::set(this);
    object_ = make();
    figures_.object_made(typeid(*object_));
    constructing_host::set(nullptr);
    auto to_run = system_->environment().make_runner(shared_from_this());
    {
      std::lock_guard lock{mutex_}; // it can be seen, though nobody sends to it yet
      runner_ = std::move(to_run);
    }
    started_ = true;
    object_->on_start();
    end_if_forked_copy();
  } catch (...) {
    end_if_forked_copy();
    constructing_host::set(nullptr);
    end(reason_of(failure{std::current_exception()}));
    throw;
  }
  if (ending_) {
    end(*ending_);
    return;
  }
  std::unique_lock lock{mutex_};
  scheduled_ = !mailbox_.empty();
  if (scheduled_) {
    auto to_run = runner_;
    lock.unlock();
    std::move(to_run).schedule();
  }
}

after_turn actor_host::take_turn() { return run(jobs_per_turn); }

after_turn actor_host::run(std::size_t at_most) {
  const running_host now{*this};
  const auto begun = begin_batch();
  run_jobs(at_most, begun);
  end_batch(begun);
  if (auto* trace = message_trace::if_on(system_->trace())) [[unlikely]]
    trace->batch_done();
  if (ending_)
    return after_turn::over;
  return rest() ? after_turn::idle : after_turn::again; // the last look at anything of its own
}

void actor_host::run_jobs(std::size_t at_most, steady_time begun) {
  const turn_clock clock{begun};
  auto* trace = system_->trace();
  bool last = false;
  for (std::size_t i = 0; i < at_most && !last; ++i) {
    if (clock.is_over(i, [this] { return system_->environment().now(); }))
      return;
    auto job = pop(last);
    if (!job) {
      if (left_behind_) [[unlikely]]
        end(*left_behind_);
      return;
    }
    try {
      if (auto* recording = message_trace::if_on(trace)) [[unlikely]]
        recording->run(*job, *this);
      else
        job->run(*this);
    } catch (...) {
      end_if_forked_copy();
      end_by_current_exception(*this, job->label());
    }
    end_if_forked_copy();
    if (ending_) {
      job.reset();
      end(*ending_);
      return;
    }
  }
}

void actor_host::end_after_this(exit_reason reason) {
  if (!ending_)
    ending_ = std::move(reason);
}

void actor_host::fail_after_this(exit_reason reason) { ending_ = std::move(reason); }

void actor_host::end(exit_reason reason) {
  const running_host now{*this};
  ending_ = reason;
  leave_seat();
  if (object_ && started_ && !vanished_)
    say_goodbye(reason);
  auto left = close_mailbox(reason);
  release();
  if (left)
    tell_end(std::move(*left), reason);
}

void actor_host::abandon(exit_reason reason) {
  leave_seat();
  runner_ref to_run;
  auto left = close_mailbox(reason, &to_run);
  if (!left)
    return;
  tell_end(std::move(*left), reason);
  if (to_run)
    std::move(to_run).schedule(); // which releases it
}

// Before anybody learns of the end: what is sent by then is for the next one.
void actor_host::leave_seat() {
  if (is_seated())
    system_->leave_seat(*this);
}

// `to_run`: given by another thread than the one that runs the actor, and set when that is to be told.
std::optional<actor_host::leavings> actor_host::close_mailbox(const exit_reason& reason, runner_ref* to_run) {
  if (!ended())
    system_->leave_names(*this); // they are free when anybody learns of the end
  std::lock_guard lock{mutex_};
  if (std::exchange(ended_, true))
    return std::nullopt;
  reason_ = reason;
  if (!gone_watchers_.empty())
    tidy_watchers();
  if (to_run) {
    abandoned_ = true;
    if (!std::exchange(scheduled_, true))
      *to_run = runner_;
  }
  runner_ = {};
  auto unhandled = taken_.remove_all();
  unhandled.append(mailbox_);
  return leavings{std::move(unhandled), std::exchange(watchers_, {}), std::exchange(stopped_, {}),
                  begun_ ? begun_->close() : std::vector<begun_question>{}};
}

void actor_host::release() {
  coroutines_.destroy_all();
  for (const auto& [number, timer] : std::exchange(timers_, {}))
    system_->cancel_alarm(timer.alarm);
  for (const auto& [number, awaited] : std::exchange(awaited_, {}))
    awaited->abandon(); // what its function holds goes now: a promise, say
  object_.reset();
  checked_as_ = nullptr;
  fail_open_questions();
}

void keep_open(std::weak_ptr<open_question> question) {
  if (auto* host = actor_host::running())
    host->keep_open(std::move(question));
}

void actor_host::keep_open(std::weak_ptr<open_question> question) {
  if (open_questions_.size() >= tidy_questions_at_) {
    std::erase_if(open_questions_, [](const auto& q) { return q.expired(); });
    tidy_questions_at_ = std::max<std::size_t>(16, 2 * open_questions_.size());
  }
  open_questions_.push_back(std::move(question));
}

// Of promises that others than the actor hold.
void actor_host::fail_open_questions() {
  if (open_questions_.empty())
    return;
  const auto why = down_failure();
  for (const auto& kept : std::exchange(open_questions_, {}))
    if (const auto question = kept.lock())
      question->actor_ended(why);
}

void actor_host::tell_end(leavings left, const exit_reason& reason) {
  if (!left.unhandled.empty() || !left.begun.empty()) {
    const auto why = down_failure(); // an exception: not for each of many actors that end idle
    for (auto& question : left.begun)
      question.fail(why);
    while (const auto job = left.unhandled.pop())
      job->refuse(why);
  }
  system_->environment().notify(this); // those who wait for room
  for (const auto process : left.stopped)
    system_->tell_sender(process, *this, /*full=*/false);
  const bool last = system_->ended(*this, reason);
  for (auto& w : left.watchers)
    w.succeed(reason);
  if (last)
    system_->environment().last_actor_ended();
}

void actor_host::vanish(exit_reason reason) {
  vanished_ = true;
  end(std::move(reason));
}

void actor_host::say_goodbye(const exit_reason& reason) noexcept {
  try {
    object_->on_stop(reason);
  } catch (...) {
    const failure why{std::current_exception()};
    std::cerr << "troupe: on_stop of " << label() << " threw " << why.type_name() << ": " << why.what()
              << '\n';
  }
  end_if_forked_copy();
}

void end_by_current_exception(actor_host& host, std::string_view message) noexcept {
  const failure why{std::current_exception()};
  if (!host.is_seated()) // a supervisor says more
    std::cerr << "troupe: " << host.label() << " ended with " << why.type_name() << ": " << why.what()
              << '\n';
  host.fail_after_this(reason_of(why, message));
}

namespace {

std::string wrong_actor(const actor_host& host, const std::type_info& wanted) {
  return host.label() + " is no " + std::string{readable_type_name{&wanted}.view()} +
         ": the reference, or the name it was found by, is for another class";
}

} // namespace

void throw_wrong_actor(const actor_host& host, const std::type_info& wanted) {
  throw usage_error(wrong_actor(host, wanted));
}

void log_wrong_actor(const actor_host& host, const std::type_info& wanted) {
  std::cerr << "troupe: a message was dropped: " << wrong_actor(host, wanted) << '\n';
}

void log_unloadable(const actor_host& host, std::string_view message) {
  const failure why{std::current_exception()};
  std::cerr << "troupe: a message for " << host.label() << " was dropped: the arguments of " << message
            << " do not load: " << why.type_name() << ": " << why.what() << '\n';
}

} // namespace troupe::detail
