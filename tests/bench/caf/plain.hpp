// SPDX-License-Identifier: BSD-3-Clause
//
// What the programs of plain CAF share: one scheduler thread, as a runtime of ours has.

#pragma once

#include "report.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

namespace plain_caf {

/// The main of such a program: `measure(system, self, size)` returns a result whose every part it has checked, or
/// throws.
template <class Measure>
int run(int argc, char** argv, const bench::row& about, Measure measure) {
  return bench::report(argc, argv, about, [&](long size) {
    caf::actor_system_config config;
    config.set("scheduler.max-threads", std::size_t{1});
    caf::actor_system system{config};
    system.await_actors_before_shutdown(false); // they end with the process
    caf::scoped_actor self{system};
    return measure(system, self, size);
  });
}

/// Asks and waits for a number.
template <class... Values>
long ask(caf::scoped_actor& self, const caf::actor& whom, const Values&... values) {
  long answer = -1;
  self->request(whom, caf::infinite, values...)
      .receive([&](long x) { answer = x; }, [](const caf::error&) { bench::require(false, "request"); });
  return answer;
}

} // namespace plain_caf
