// SPDX-License-Identifier: BSD-3-Clause
//
// Plain CAF: two actors of one process, a message there and one back, over and over.

#include "caf/plain.hpp"

using ping = caf::atom_constant<caf::atom("ping")>;
using pong = caf::atom_constant<caf::atom("pong")>;
using play = caf::atom_constant<caf::atom("play")>;

struct count {
  long left = 0;
  caf::response_promise done;
};

caf::behavior player(caf::stateful_actor<count>* self) {
  return {
      [self](play, const caf::actor& other, long rounds) {
        self->state.left = rounds;
        self->send(other, ping::value, caf::actor{self}, 0L);
        return self->state.done = self->make_response_promise();
      },
      [self](ping, const caf::actor& from, long x) {
        self->send(from, pong::value, caf::actor{self}, x + 1);
      },
      [self](pong, const caf::actor& from, long x) {
        if (--self->state.left == 0)
          self->state.done.deliver(x);
        else
          self->send(from, ping::value, caf::actor{self}, x);
      },
  };
}

int main(int argc, char** argv) {
  return plain_caf::run(
      argc, argv, {"actor_local", "us", 1'000'000}, [](auto& system, auto& self, long rounds) {
        const auto one = system.spawn(player);
        const auto other = system.spawn(player);

        const auto start = bench::clock::now();
        bench::require(plain_caf::ask(self, one, play::value, other, rounds) == rounds, "count");
        return bench::result{bench::seconds_since(start) / static_cast<double>(rounds) * 1e6};
      });
}
