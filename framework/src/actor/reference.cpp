// SPDX-License-Identifier: BSD-3-Clause
// What references to actors do beside calls: wait for an end, stop, link.
#include <troupe/actor_ref.hpp>

#include "actor/actor_environment.hpp"
#include "actor/exit_reasons.hpp"
#include "actor/unreachable.hpp"
#include "actor/wire_tag.hpp"

#include <troupe/actor.hpp>
#include <troupe/detail/actor_system.hpp>
#include <troupe/exceptions.hpp>

#include <atomic>
#include <functional>
#include <utility>

namespace troupe::detail {

namespace {

/// The answer is the reason, also when it was the process that ended.
class pending_end final : public pending_value<exit_reason> {
 public:
  using pending_value::pending_value;
  void process_ended(const process_exit& exit) override { set(reason_of(exit, actor_)); }

  /// Asks an actor of another process. Once.
  void ask(const endpoint& of, const std::shared_ptr<pending_end>& self) {
    way_ = of.way();
    actor_ = of.id().number;
    const auto question = asker().expect(self, of.id().process);
    write(actor_tag::watch, question);
    question_.store(question);
    asker().check_alive(of);
    // It may have been abandoned before there was anything to take back: one of the two sees the other's step.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (done())
      taken_back();
  }

 private:
  void taken_back() override {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (const auto question = question_.exchange(0); question != 0 && asker().forget(question))
      write(actor_tag::unwatch, question);
  }
  void write(actor_tag tag, ask_number question) const {
    way_.write(wire(tag), [question](byte_writer& w) { w.put(question); });
  }

  mailbox_ref way_; // written, as is the next, before it is expected
  actor_number actor_ = 0;
  std::atomic<ask_number> question_{0};
};

void ask_for_end(const endpoint& of, const std::shared_ptr<pending_end>& end) {
  const auto& system = of.system();
  if (of.host())
    of.host()->watch(responder{end});
  else if (of.way())
    end->ask(of, end);
  else if (of.id().process == system->self())
    end->set(system->reason_of_end(of.id().number));
  else
    end->set(reason_of(system->exit_of(of.id().process), of.id().number));
}

/// Something else than a call that waits for a supervised actor.
class held_request final : public held_message {
 public:
  using refuse_type = std::function<void(const failure&)>;
  held_request(const endpoint& supervised, std::function<void(const endpoint&)> send, refuse_type refuse)
      : seat_{kept(supervised)}, send_{std::move(send)}, refuse_{std::move(refuse)} {}
  job_kind kind() const override { return job_kind::control; }
  void send(const endpoint& to) override { send_(to); }
  void refuse(const failure& why) noexcept override {
    if (refuse_)
      refuse_(why);
  }

 private:
  const std::shared_ptr<endpoint> seat_;
  std::function<void(const endpoint&)> send_;
  refuse_type refuse_;
};

// Now, or as soon as there is somebody in that seat.
template <class Send>
void to_whoever_is_there(const endpoint& to, Send send, held_request::refuse_type refuse = {}) {
  const world_visit here{to.system()->environment()};
  if (!to.place())
    send(to);
  else if (const auto occupant = to.place()->occupant())
    send(*occupant);
  else
    to.place()->send(std::make_unique<held_request>(to, std::move(send), std::move(refuse)),
                     /*refused_quietly=*/true);
}

} // namespace

std::shared_ptr<pending_value<exit_reason>> await_end(const std::shared_ptr<endpoint>& of) {
  const auto end = std::make_shared<pending_end>(of->system());
  to_whoever_is_there(
      *of, [end](const endpoint& there) { ask_for_end(there, end); },
      [end, place = of->place()](const failure& why) {
        auto reason = place->reason_of_closing();
        end->set(reason ? std::move(*reason) : exit_reason{.kind = exit_kind::gone, .text = why.what()});
      });
  return end;
}

failure why_unreachable(const endpoint& actor) {
  const auto exit = actor.system()->exit_of(actor.id().process);
  return failure::of(actor_down{exit.pid != 0 ? to_string(reason_of(exit)) : "the actor had ended"});
}

void request_stop(const endpoint& to, exit_reason reason) {
  to_whoever_is_there(to, [reason = std::move(reason)](const endpoint& there) {
    if (there.host())
      there.host()->stop(reason);
    else if (there.way())
      there.way().write(wire(actor_tag::stop), [&](byte_writer& w) { encode(w, reason); });
  });
}

void give_up(const endpoint& actor, exit_reason reason) {
  const world_visit here{actor.system()->environment()};
  if (actor.host())
    actor.host()->abandon(std::move(reason));
  else if (actor.way())
    actor.way().write(wire(actor_tag::give_up), [&](byte_writer& w) { encode(w, reason); });
}

void request_link(const endpoint& other, const actor_host& with) {
  const auto self = with.system()->reach(with.id());
  to_whoever_is_there(other, [self](const endpoint& there) {
    if (there.host())
      there.host()->follow_soon(self);
    else if (there.way())
      there.way().write(wire(actor_tag::link), [&](byte_writer& w) { encode(w, self->id()); });
  });
}

process_id process_now(const std::shared_ptr<endpoint>& actor) {
  if (!actor)
    throw_empty_reference();
  return actor->system()->process_now(actor->id());
}

void throw_empty_reference() {
  throw usage_error("this actor_ref is empty: it refers to no actor (a name that was not found, perhaps)");
}

} // namespace troupe::detail
