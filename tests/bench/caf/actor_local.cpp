// SPDX-License-Identifier: BSD-3-Clause
//
// Plain CAF: two actors of one process, a message there and one back, over and over. One scheduler thread, as ours.

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

using ping = caf::atom_constant<caf::atom("ping")>;
using pong = caf::atom_constant<caf::atom("pong")>;
using play = caf::atom_constant<caf::atom("play")>;

struct count {
  long left = 0;
  caf::actor done;
};

caf::behavior player(caf::stateful_actor<count>* self) {
  return {
      [self](play, const caf::actor& other, const caf::actor& done, long rounds) {
        self->state.left = rounds;
        self->state.done = done;
        self->send(other, ping::value, caf::actor{self}, 0L);
      },
      [self](ping, const caf::actor& from, long x) {
        self->send(from, pong::value, caf::actor{self}, x + 1);
      },
      [self](pong, const caf::actor& from, long x) {
        if (--self->state.left == 0)
          self->send(self->state.done, x);
        else
          self->send(from, ping::value, caf::actor{self}, x);
      },
  };
}

} // namespace

int main(int argc, char** argv) {
  using clock = std::chrono::steady_clock;
  const long rounds = argc > 1 ? std::atol(argv[1]) : 1'000'000;
  caf::actor_system_config config;
  config.set("scheduler.max-threads", std::size_t{1});
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  const auto one = system.spawn(player);
  const auto other = system.spawn(player);

  const auto start = clock::now();
  self->send(one, play::value, other, caf::actor{self}, rounds);
  long counted = 0;
  self->receive([&](long x) { counted = x; });
  const double us = std::chrono::duration<double, std::micro>(clock::now() - start).count();
  self->send_exit(one, caf::exit_reason::user_shutdown);
  self->send_exit(other, caf::exit_reason::user_shutdown);
  if (counted != rounds)
    return 1;
  std::printf(R"({"row": "actor_local", "unit": "us", "value": %.9g, "size": %ld, "checked": true})"
              "\n",
              us / static_cast<double>(rounds), rounds);
  return 0;
}
