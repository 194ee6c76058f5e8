// SPDX-License-Identifier: BSD-3-Clause
#include "supervision/supervision.hpp"

#include "actor/actor_environment.hpp"

#include <troupe/exceptions.hpp>

#include <atomic>
#include <iostream>
#include <memory>
#include <utility>

namespace troupe::detail {

namespace {

/// Something for a supervisor to do, for which somebody waits.
///
///   asked ──run──▶ begun ──────▶ done
///     │              └──leave──▶ left while it was done: its failure is logged
///     └──leave──▶ left: it is not done
class errand {
 public:
  errand(std::function<void(supervisor_actor&)> what, std::shared_ptr<pending_value<void>> done)
      : what_{std::move(what)}, done_{std::move(done)} {}

  // The supervisor. What it was to do is gone, with all that it holds, before anybody hears of that.
  void run(supervisor_actor& s) {
    if (!move_on(stage::asked, stage::begun))
      return;
    responder to{std::move(done_)};
    try {
      std::exchange(what_, nullptr)(s);
    } catch (...) {
      const failure why{std::current_exception()};
      if (move_on(stage::begun, stage::done))
        to.fail(why);
      else
        log_loss(s.planned(), why);
      return;
    }
    if (move_on(stage::begun, stage::done))
      to.succeed();
  }
  void refuse(const failure& why) {
    if (!move_on(stage::asked, stage::done))
      return;
    what_ = nullptr;
    responder{std::move(done_)}.fail(why);
  }

  // Whoever waits.
  enum class left { before, meanwhile, too_late };
  left leave() {
    if (move_on(stage::asked, stage::left)) {
      what_ = nullptr;
      return left::before;
    }
    return move_on(stage::begun, stage::left) ? left::meanwhile : left::too_late;
  }

 private:
  enum class stage { asked, begun, done, left };
  bool move_on(stage from, stage to) {
    return stage_.compare_exchange_strong(from, to, std::memory_order_acq_rel);
  }
  static void log_loss(const plan& of, const failure& why) {
    if (of.options.log)
      std::cerr << "troupe: supervisor " << of.label << " could not do what it was asked in a call that had "
                << "timed out: " << why.type_name() << ": " << why.what() << '\n';
  }

  std::atomic<stage> stage_{stage::asked};
  std::function<void(supervisor_actor&)> what_; // of whoever takes it out of `asked`
  std::shared_ptr<pending_value<void>> done_;   // like what_
};

class supervision_call final : public host_job {
 public:
  explicit supervision_call(std::shared_ptr<errand> what) : what_{std::move(what)} {}
  void run(actor_host& host) override { what_->run(host.object<supervisor_actor>()); }
  void refuse(const failure& why) noexcept override { what_->refuse(why); }

 private:
  std::shared_ptr<errand> what_;
};

std::shared_ptr<actor_host> host_of(const endpoint& supervisor, steady_time deadline) {
  if (!supervisor.place())
    return supervisor.host();
  const auto occupant = supervisor.place()->wait_for_occupant(deadline);
  return occupant ? occupant->host() : nullptr;
}

} // namespace

supervision::supervision(std::shared_ptr<actor_system> system, supervisor_options options)
    : plan_{std::make_shared<plan>(system, std::move(options))}, at_the_top_{true} {
  actor_ = system->spawn({}, [this] { return std::make_unique<supervisor_actor>(plan_); });
}

supervision::supervision(std::shared_ptr<plan> p, std::shared_ptr<endpoint> actor,
                         std::chrono::nanoseconds longest)
    : plan_{std::move(p)}, actor_{std::move(actor)}, at_the_top_{false}, longest_{longest} {}

supervision::~supervision() {
  if (!at_the_top_)
    return;
  stop();
  for (const auto& child : plan_->children)
    remove_seats(*plan_->system, *child);
}

// This thread is in the middle of one of its steps: in on_event, say. Its seat may be empty then.
actor_host* supervision::running_here() const {
  auto* const running = actor_host::running();
  return running && running->address() == actor_->id() ? running : nullptr;
}

void supervision::call_once(const std::function<void(supervisor_actor&)>& what, steady_time deadline) const {
  if (auto* self = running_here()) {
    what(self->object<supervisor_actor>());
    return;
  }
  const auto host = host_of(*actor_, deadline);
  if (!host) {
    if (plan_->system->now() >= deadline)
      too_late("is not there: it is being restarted");
    throw actor_down("the supervisor '" + plan_->label + "' has ended");
  }
  const auto done = std::make_shared<pending_value<void>>(plan_->system);
  const auto asked = std::make_shared<errand>(what, done);
  host->push(std::make_unique<supervision_call>(asked));
  if (!done->wait(deadline)) {
    if (deadline == forever_from_now)
      throw stopped("the runtime ended before the supervisor had done what it was asked");
    switch (asked->leave()) {
      case errand::left::before:
        too_late("was busy, and will not do what it was asked");
      case errand::left::meanwhile:
        too_late("had not done what it was asked, but is about it, and will");
      case errand::left::too_late:
        done->wait(forever_from_now); // the answer is just being stored
    }
  }
  done->take();
}

// The supervisor itself must not wait for the neighbour: it may be the one that is to start it.
void supervision::call(const std::function<void(supervisor_actor&)>& what, steady_time deadline) const {
  for (;;) {
    try {
      return call_once(what, deadline);
    } catch (const neighbour_is_away& e) {
      if (running_here())
        throw;
      if (e.where()->wait_for_occupant(deadline))
        continue;
      if (plan_->system->now() >= deadline)
        too_late("could not start a child whose neighbour was being restarted");
      throw;
    }
  }
}

void supervision::stop() {
  const auto until = deadline();
  const auto end = await_end(actor_); // first: when it is started again, that is another one
  request_stop(*actor_, {.kind = exit_kind::stopped, .text = "the supervisor was asked to stop"});
  plan_->starts.hurry(plan_->system->now());
  if (running_here()) {
    end->abandon();
  } else if (!end->wait(until) && until != forever_from_now) {
    end->abandon();
    too_late("had not ended, but is about it");
  }
}

void supervision::too_late(const char* what_it_did) const {
  throw timeout_error("in the time given, the supervisor '" + plan_->label + "' " + what_it_did);
}

bool supervision::wait(steady_time deadline, exit_reason& reason) const {
  const auto end = await_end(actor_);
  if (!end->wait(deadline)) {
    end->abandon();
    return false;
  }
  reason = end->take();
  return true;
}

} // namespace troupe::detail
