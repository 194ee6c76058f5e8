// SPDX-License-Identifier: BSD-3-Clause
// What actor systems say to each other.
//
//   call, watch, unwatch, stop,    asker ──▶ an actor
//   give_up, link, mark
//   start, enroll, find, process,  asker ──▶ a process
//   sync, roll_call, trace_end
//   answer, refuse                 asker ◀── whoever was asked, with the number of the question
#include "actor/actor_system_state.hpp"
#include "actor/ask_process.hpp"
#include "actor/exit_reasons.hpp"
#include "actor/message_trace.hpp"
#include "actor/wire_tag.hpp"

#include <troupe/actor.hpp>
#include <troupe/actor_info.hpp>
#include <troupe/detail/code_table.hpp>
#include <troupe/detail/method_info.hpp>
#include <troupe/exceptions.hpp>

#include <iostream>
#include <utility>

namespace troupe::detail {

namespace {

/// A message from another process, for an actor.
class incoming_call final : public host_job {
 public:
  incoming_call(const method_info& method, payload&& body, responder to)
      : method_{&method}, body_{std::move(body)}, to_{std::move(to)} {}

  void run(actor_host& host) override {
    byte_reader in{body_.bytes()};
    host.system()->note_message(in.get<std::uint32_t>());
    in.take(sizeof(ask_number));
    call_method(*method_, host, in, to_);
  }
  void refuse(const failure& why) noexcept override { to_.fail(why); }
  job_kind kind() const override { return job_kind::message; }
  std::string_view label() const override { return method_->label; }
  question_origin question() const override { return to_.origin(); }

 private:
  const method_info* method_;
  payload body_;
  responder to_;
};

/// Behind the messages that a process has sent so far: says when they have been begun.
class sent_mark final : public host_job {
 public:
  sent_mark(process_id from, const actor_host& host, std::uint64_t number)
      : from_{from}, system_{host.system()}, actor_{host.id().number}, number_{number} {}

  void run(actor_host& /*host*/) override { system_->tell_begun(from_, actor_, number_); }
  void refuse(const failure& /*why*/) noexcept override {
    try {
      system_->tell_begun(from_, actor_, send_credit::ended);
    } catch (...) {
      // No memory for it. Whoever waits does so until the deadline.
    }
  }

 private:
  const process_id from_;
  const std::shared_ptr<actor_system> system_;
  const actor_number actor_;
  const std::uint64_t number_;
};

} // namespace

// Null when it has ended.
actor_host* actor_system::receiver(actor_number number) {
  auto& last = state_->receiver;
  const auto ends = state_->ends.load(std::memory_order_acquire);
  if (!last || last->id().number != number || state_->receiver_found_at != ends) {
    state_->receiver_found_at = ends;
    std::lock_guard lock{state_->mutex};
    const auto found = state_->hosts.find(number);
    last = found != state_->hosts.end() ? found->second : nullptr;
  }
  return last.get();
}

const std::shared_ptr<endpoint>& actor_system::asker(process_id process) {
  auto& last = state_->asker;
  if (!last || last->id().process != process)
    last = peer(process);
  return last;
}

void actor_system::on_message(process_id from, actor_number target, std::uint32_t tag, payload&& body) {
  if (target == system_number) {
    on_own_message(from, actor_tag{tag}, std::move(body));
    return;
  }
  byte_reader in{body.bytes()};
  const method_info* method = nullptr;
  ask_number question = 0;
  if (actor_tag{tag} == actor_tag::call) {
    method = &code_at<actor_method>(in.get<std::uint32_t>())();
    question = in.get<ask_number>();
  }
  auto* const host = receiver(target);
  switch (actor_tag{tag}) {
    case actor_tag::call: {
      auto to = question != 0 ? responder{asker(from), question} : responder{};
      if (host) {
        if (host->push_from(from, std::make_unique<incoming_call>(*method, std::move(body), std::move(to)))) {
          tell_sender(from, *host, /*full=*/true);
          if (!host->stops(from)) // it had room again before we had said that it had none
            tell_sender(from, *host, /*full=*/false);
        }
      } else if (question != 0)
        to.fail(failure::of(actor_down{"the actor had ended"}));
      return;
    }
    case actor_tag::watch: {
      responder to{asker(from), in.get<ask_number>()};
      if (host)
        host->watch(std::move(to));
      else
        to.succeed(reason_of_end(target));
      return;
    }
    case actor_tag::mark:
      if (const auto number = in.get<std::uint64_t>(); host)
        host->push(std::make_unique<sent_mark>(from, *host, number), actor_host::sender::elsewhere);
      else
        tell_begun(from, target, send_credit::ended);
      return;
    case actor_tag::unwatch:
      if (const auto gone = in.get<ask_number>(); host)
        host->unwatch({from, gone});
      return;
    case actor_tag::stop:
      if (auto reason = decode<exit_reason>(in); host)
        host->stop(std::move(reason));
      return;
    case actor_tag::give_up:
      if (auto reason = decode<exit_reason>(in); host)
        host->abandon(std::move(reason));
      return;
    case actor_tag::link:
      if (const auto with = decode<actor_id>(in); host)
        host->follow_soon(reach(with));
      return;
    default:
      throw decode_error("malformed frame on a link: no such message to an actor");
  }
}

void actor_system::on_own_message(process_id from, actor_tag tag, payload&& body) {
  byte_reader in{body.bytes()};
  const auto question = in.get<ask_number>();
  if (tag == actor_tag::answer || tag == actor_tag::refuse) {
    const auto waiting = state_->asks.take(question);
    if (!waiting)
      state_->late_answers.fetch_add(ask_table::is_ask(question), std::memory_order_relaxed);
    else if (tag == actor_tag::answer)
      waiting->accept(std::move(body));
    else
      waiting->fail(decode_failure(in, std::nullopt));
    return;
  }
  if (tag == actor_tag::start) {
    on_start_request(from, std::move(body));
    return;
  }
  if (tag == actor_tag::roll_call) {
    responder{peer(from), question}.succeed(actors());
    return;
  }
  if (tag == actor_tag::trace_end) {
    if (trace_)
      trace_->flush({}); // without waiting: the others' messages are polled by this thread, too
    responder{peer(from), question}.succeed();
    return;
  }
  if (tag == actor_tag::sync) {
    responder{peer(from), question}.succeed();
    return;
  }
  if (tag == actor_tag::leave) {
    on_leave(from, in.get<actor_number>());
    return;
  }
  if (tag == actor_tag::full || tag == actor_tag::room) {
    set_full({from, in.get<actor_number>()}, tag == actor_tag::full);
    return;
  }
  if (tag == actor_tag::begun) {
    const auto actor = in.get<actor_number>();
    note_begun({from, actor}, in.get<std::uint64_t>());
    return;
  }
  if (tag == actor_tag::kill) {
    kill_process(in.get<process_id>());
    return;
  }
  if (tag == actor_tag::forsaken) {
    on_forsaken();
    return;
  }
  if (tag == actor_tag::seat_follow || tag == actor_tag::seat_now || tag == actor_tag::seat_left) {
    on_seat_message(from, tag, in);
    return;
  }
  responder to{peer(from), question};
  if (tag == actor_tag::process) {
    on_process_request(from, std::move(to), decode<std::string>(in));
    return;
  }
  const auto name = decode<std::string>(in);
  if (tag == actor_tag::enroll) {
    on_enroll_request(std::move(to), name, decode<actor_id>(in));
  } else if (tag == actor_tag::find) {
    const auto there = find(name);
    to.succeed(there ? there->id() : actor_id{});
  } else {
    throw decode_error("malformed frame on a link: no such message to a process");
  }
}

exit_reason actor_system::reason_of_end(actor_number number) const {
  std::lock_guard lock{state_->mutex};
  const auto* found = state_->ended.find(number);
  return found ? *found : exit_reason{.kind = exit_kind::gone};
}

std::vector<last_end> actor_system::last_ends() const {
  constexpr std::size_t most = 64; // who comes too late does so by a moment
  std::vector<last_end> all;
  std::lock_guard lock{state_->mutex};
  state_->ended.for_latest(most, [&all](actor_number actor, const exit_reason& reason) {
    all.push_back({actor, reason});
  });
  return all;
}

actor_system::used_numbers actor_system::numbers() const {
  std::lock_guard lock{state_->mutex};
  return {state_->last_number, state_->last_seat};
}

void actor_system::begin_behind(used_numbers used) {
  std::lock_guard lock{state_->mutex};
  state_->last_number = used.actor;
  state_->last_seat = used.seat;
}

bool actor_system::is_empty() const {
  std::lock_guard lock{state_->mutex};
  return state_->hosts.empty();
}

} // namespace troupe::detail
