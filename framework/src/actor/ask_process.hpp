// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "actor/urgency.hpp"
#include "actor/wire_tag.hpp"

#include <troupe/detail/actor_system.hpp>
#include <troupe/exceptions.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace troupe::detail {

/// How to wait for the answer of another process.
struct waiting {
  steady_time deadline = forever_from_now;
  urgency* sooner = nullptr;                ///< may bring the deadline forward
  std::string what{};                       ///< for the text of timeout_error
  std::function<void()> given_up = nullptr; ///< called at the deadline
  std::function<void(byte_reader& answer)> late =
      nullptr; ///< called when it comes after that, by the thread that polls
};

/// An answer that is of consequence when nobody waits for it any more, too.
template <class Answer>
class pending_consequence final : public pending_value<Answer> {
 public:
  pending_consequence(std::shared_ptr<actor_system> asker, std::function<void(byte_reader&)> late)
      : pending_value<Answer>{std::move(asker)}, late_{std::move(late)} {}

 private:
  void came_late(payload&& body) override {
    byte_reader in{body.bytes()};
    in.take(sizeof(ask_number));
    late_(in);
  }
  std::function<void(byte_reader&)> late_;
};

/// Asks the system of another process, and waits for the answer. Any thread but the one that polls.
/// Errors: what it answers; actor_down when that process has ended, or spawn_error when it could not begin; stopped when
/// the runtime ends; timeout_error.
template <class Answer, class Encode>
Answer actor_system::ask_process(process_id process, actor_tag tag, Encode encode, const waiting& how) {
  const auto to = peer(process);
  std::shared_ptr<pending_value<Answer>> answer;
  if (how.late)
    answer = std::make_shared<pending_consequence<Answer>>(shared_from_this(), how.late);
  else
    answer = std::make_shared<pending_value<Answer>>(shared_from_this());
  const auto question = expect(answer, process);
  if (to->way()) {
    to->way().write(wire(tag), [&](byte_writer& w) {
      w.put(question);
      encode(w);
    });
    check_alive(*to);
  } else {
    fail_asks_of(process);
  }
  const auto deadline = how.sooner ? how.sooner->await(*answer, how.deadline) : how.deadline;
  if (answer->wait(deadline))
    return answer->take();
  if (deadline == forever_from_now)
    throw stopped("the runtime ended before the answer came");
  if (!answer->abandon()) { // it is just being stored
    answer->wait(forever_from_now);
    return answer->take();
  }
  if (!how.late)
    forget(question);
  if (how.given_up)
    how.given_up();
  throw timeout_error(how.what + " had no answer in time");
}

} // namespace troupe::detail
