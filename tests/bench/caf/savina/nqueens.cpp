// SPDX-License-Identifier: BSD-3-Clause
//
// Savina's NQueens in plain CAF: a master hands boards to 20 workers in turn, which return them with one queen more,
// and count themselves what begins with four.

#include "caf/plain.hpp"
#include "savina/queens.hpp"

#include <vector>

using solve = caf::atom_constant<caf::atom("solve")>;
using work = caf::atom_constant<caf::atom("work")>;
using take = caf::atom_constant<caf::atom("take")>;
using done = caf::atom_constant<caf::atom("done")>;

constexpr std::size_t workers = 20;
constexpr std::size_t threshold = 4; // queens

struct master_state {
  std::vector<caf::actor> workers;
  long size = 0;
  std::size_t given = 0;
  long open = 0;
  long found = 0;
  caf::response_promise solved;
};

caf::behavior master(caf::stateful_actor<master_state>* self) {
  const auto give = [self](const queens::board& b) {
    auto& state = self->state;
    ++state.open;
    self->send(state.workers[state.given++ % state.workers.size()], take::value, caf::actor{self}, b,
               state.size);
  };
  return {
      [=](solve, const std::vector<caf::actor>& all, long size) {
        self->state.workers = all;
        self->state.size = size;
        give({});
        return self->state.solved = self->make_response_promise();
      },
      [=](work, const queens::board& b) { give(b); },
      [=](done, long solutions) {
        auto& state = self->state;
        state.found += solutions;
        if (--state.open == 0)
          state.solved.deliver(state.found);
      },
  };
}

caf::behavior worker(caf::event_based_actor* self) {
  return {[self](take, const caf::actor& from, const queens::board& b, long size) {
    long found = 0;
    if (b.size() >= threshold)
      found = queens::count(b, size);
    else
      queens::each_next(b, size, [&](const queens::board& next) { self->send(from, work::value, next); });
    self->send(from, done::value, found);
  }};
}

int main(int argc, char** argv) {
  return plain_caf::run(argc, argv, {"savina_nqueens", "ms", 12}, [](auto& system, auto& self, long size) {
    const auto one = system.spawn(master);
    std::vector<caf::actor> all;
    for (std::size_t i = 0; i < workers; ++i)
      all.push_back(system.spawn(worker));

    const auto start = bench::clock::now();
    bench::require(plain_caf::ask(self, one, solve::value, all, size) == queens::solutions(size),
                   "solutions");
    return bench::result{bench::seconds_since(start) * 1e3};
  });
}
