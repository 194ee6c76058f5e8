// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "actor/wire_tag.hpp"

#include <troupe/detail/actor_system.hpp>
#include <troupe/exceptions.hpp>

#include <memory>

namespace troupe::detail {

/// Asks the system of another process, and waits for the answer. Any thread but the one that polls.
/// Errors: what it answers; actor_down when that process has ended, or spawn_error when it could not begin; stopped when
/// the runtime ends.
template <class Answer, class Encode>
Answer actor_system::ask_process(process_id process, actor_tag tag, Encode encode) {
  const auto to = peer(process);
  const auto answer = std::make_shared<pending_value<Answer>>(shared_from_this());
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
  if (!answer->wait(forever_from_now))
    throw stopped("the runtime ended before the answer came");
  return answer->take();
}

} // namespace troupe::detail
