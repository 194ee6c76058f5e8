// SPDX-License-Identifier: BSD-3-Clause
#include "supervision/supervision.hpp"

#include "actor/actor_environment.hpp"

#include <troupe/exceptions.hpp>

#include <utility>

namespace troupe::detail {

namespace {

/// Something for a supervisor to do, for which somebody waits.
class supervision_call final : public host_job {
 public:
  supervision_call(std::function<void(supervisor_actor&)> what, responder to)
      : what_{std::move(what)}, to_{std::move(to)} {}

  void run(actor_host& host) override {
    try {
      what_(host.object<supervisor_actor>());
      to_.succeed();
    } catch (...) {
      to_.fail_with_current();
    }
  }
  void refuse(const failure& why) noexcept override { to_.fail(why); }

 private:
  std::function<void(supervisor_actor&)> what_;
  responder to_;
};

std::shared_ptr<actor_host> host_of(const endpoint& supervisor) {
  if (!supervisor.place())
    return supervisor.host();
  const auto occupant = supervisor.place()->wait_for_occupant();
  return occupant ? occupant->host() : nullptr;
}

} // namespace

supervision::supervision(std::shared_ptr<actor_system> system, supervisor_options options)
    : plan_{std::make_shared<plan>(system, std::move(options))}, at_the_top_{true} {
  actor_ = system->spawn({}, [this] { return std::make_unique<supervisor_actor>(plan_); });
}

supervision::supervision(std::shared_ptr<plan> p, std::shared_ptr<endpoint> actor)
    : plan_{std::move(p)}, actor_{std::move(actor)}, at_the_top_{false} {}

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

void supervision::call_once(const std::function<void(supervisor_actor&)>& what) const {
  if (auto* self = running_here()) {
    what(self->object<supervisor_actor>());
    return;
  }
  const auto host = host_of(*actor_);
  if (!host)
    throw actor_down("the supervisor '" + plan_->label + "' has ended");
  const auto done = std::make_shared<pending_value<void>>(plan_->system);
  host->push(std::make_unique<supervision_call>(what, responder{done}));
  if (!done->wait(forever_from_now))
    throw stopped("the runtime ended before the supervisor had done what it was asked");
  done->take();
}

// The supervisor itself must not wait for the neighbour: it may be the one that is to start it.
void supervision::call(const std::function<void(supervisor_actor&)>& what) const {
  for (;;) {
    try {
      return call_once(what);
    } catch (const neighbour_is_away& e) {
      if (running_here() || !e.where()->wait_for_occupant())
        throw;
    }
  }
}

void supervision::stop() {
  const auto end = await_end(actor_); // first: when it is started again, that is another one
  request_stop(*actor_, {.kind = exit_kind::stopped, .text = "the supervisor was asked to stop"});
  if (running_here())
    end->abandon();
  else
    end->wait(forever_from_now);
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
