// SPDX-License-Identifier: BSD-3-Clause
//
// Savina's PingPong in plain CAF: two actors, a message there and one back, over and over.

#include "caf/plain.hpp"

using play = caf::atom_constant<caf::atom("play")>;
using ping = caf::atom_constant<caf::atom("ping")>;
using pong = caf::atom_constant<caf::atom("pong")>;
using pings = caf::atom_constant<caf::atom("pings")>;

struct pinger_state {
  caf::actor other;
  long left = 0;
  long pongs = 0;
  caf::response_promise done;
};

caf::behavior pinger(caf::stateful_actor<pinger_state>* self) {
  const auto send_ping = [self] {
    --self->state.left;
    self->send(self->state.other, ping::value, caf::actor{self});
  };
  return {
      [=](play, const caf::actor& other, long count) {
        self->state.other = other;
        self->state.left = count;
        send_ping();
        return self->state.done = self->make_response_promise();
      },
      [=](pong) {
        auto& state = self->state;
        ++state.pongs;
        if (state.left == 0)
          state.done.deliver(state.pongs);
        else
          send_ping();
      },
  };
}

struct ponger_state {
  long pings = 0;
};

caf::behavior ponger(caf::stateful_actor<ponger_state>* self) {
  return {
      [self](ping, const caf::actor& from) {
        ++self->state.pings;
        self->send(from, pong::value);
      },
      [self](pings) { return self->state.pings; },
  };
}

int main(int argc, char** argv) {
  return plain_caf::run(
      argc, argv, {"savina_ping_pong", "us", 500'000}, [](auto& system, auto& self, long count) {
        const auto one = system.spawn(pinger);
        const auto other = system.spawn(ponger);

        const auto start = bench::clock::now();
        bench::require(plain_caf::ask(self, one, play::value, other, count) == count, "pongs");
        const double seconds = bench::seconds_since(start);
        bench::require(plain_caf::ask(self, other, pings::value) == count, "pings");
        return bench::result{seconds / static_cast<double>(count) * 1e6};
      });
}
