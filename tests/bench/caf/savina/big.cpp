// SPDX-License-Identifier: BSD-3-Clause
//
// Savina's Big in plain CAF: each of 120 actors sends pings to others chosen at random, the next when the pong has
// come.

#include "caf/plain.hpp"

#include <random>
#include <vector>

using play = caf::atom_constant<caf::atom("play")>;
using ping = caf::atom_constant<caf::atom("ping")>;
using pong = caf::atom_constant<caf::atom("pong")>;
using pings = caf::atom_constant<caf::atom("pings")>;

constexpr std::size_t actors = 120;

struct neighbour_state {
  std::minstd_rand random;
  std::vector<caf::actor> all;
  caf::actor watcher;
  long left = 0;
  long pings = 0;
  long pongs = 0;
};

caf::behavior neighbour(caf::stateful_actor<neighbour_state>* self, unsigned seed) {
  self->state.random.seed(seed);
  const auto ping_somebody = [self] {
    auto& state = self->state;
    --state.left;
    self->send(state.all[state.random() % state.all.size()], ping::value, caf::actor{self});
  };
  return {
      [=](play, const std::vector<caf::actor>& all, const caf::actor& watcher, long count) {
        self->state.all = all;
        self->state.watcher = watcher;
        self->state.left = count;
        ping_somebody();
      },
      [=](ping, const caf::actor& from) {
        ++self->state.pings;
        self->send(from, pong::value);
      },
      [=](pong) {
        auto& state = self->state;
        ++state.pongs;
        if (state.left == 0)
          self->send(state.watcher, state.pongs);
        else
          ping_somebody();
      },
      [=](pings) { return self->state.pings; },
  };
}

int main(int argc, char** argv) {
  return plain_caf::run(argc, argv, {"savina_big", "us", 5'000}, [](auto& system, auto& self, long count) {
    std::vector<caf::actor> all;
    for (unsigned i = 0; i < actors; ++i)
      all.push_back(system.spawn(neighbour, i + 1));

    const auto start = bench::clock::now();
    for (const auto& one : all)
      self->send(one, play::value, all, caf::actor{self}, count);
    std::size_t ended = 0;
    self->receive_for(ended, actors)([&](long pongs) { bench::require(pongs == count, "pongs"); });
    const double seconds = bench::seconds_since(start);
    const auto all_pings = count * static_cast<long>(actors);
    long pinged = 0;
    for (const auto& one : all)
      pinged += plain_caf::ask(self, one, pings::value);
    bench::require(pinged == all_pings, "pings");
    return bench::result{seconds / static_cast<double>(all_pings) * 1e6};
  });
}
