// SPDX-License-Identifier: BSD-3-Clause
//
// CAF in two processes: an actor in the other one that answers with what it is asked.

#pragma once

#include "second_process.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>

#include <cstdint>

namespace basp {

/// Its own network layer loaded; one scheduler thread, as in the plain CAF programs.
struct config : caf::actor_system_config {
  config() {
    load<caf::io::middleman>();
    set("scheduler.max-threads", std::size_t{1});
  }
};

inline caf::behavior echo() {
  return {[](long x) { return x; }};
}

/// The process of the echo. Make it before the system of this one.
class other_system {
 public:
  other_system() : pipe_{make_pipe()}, process_{[this] { serve(); }} {
    bench::require(read(pipe_.out, &port_, sizeof port_) == sizeof port_, "port of the other process");
  }

  caf::actor connect(caf::actor_system& here) const {
    auto found = here.middleman().remote_actor("127.0.0.1", port_);
    bench::require(static_cast<bool>(found), "remote_actor");
    return *found;
  }

 private:
  struct ends {
    int out = -1;
    int in = -1;
  };
  static ends make_pipe() {
    int both[2];
    bench::require(pipe(both) == 0, "pipe");
    return {both[0], both[1]};
  }
  void serve() const {
    config settings;
    caf::actor_system system{settings};
    const auto port = system.middleman().publish(system.spawn(echo), 0, "127.0.0.1");
    bench::require(static_cast<bool>(port), "publish");
    bench::require(write(pipe_.in, &*port, sizeof *port) == sizeof *port, "write");
    system.await_all_actors_done(); // never: this process is killed
  }

  ends pipe_;
  std::uint16_t port_ = 0;
  bench::second_process process_;
};

} // namespace basp
