// SPDX-License-Identifier: BSD-3-Clause
//
// Savina's ThreadRing in plain CAF: a hundred actors in a ring pass a number on, which is one less at each.

#include "caf/plain.hpp"

#include <vector>

using join = caf::atom_constant<caf::atom("join")>;
using pass = caf::atom_constant<caf::atom("pass")>;
using passed = caf::atom_constant<caf::atom("passed")>;
using ended = caf::atom_constant<caf::atom("ended")>;

constexpr std::size_t members = 100;

struct member_state {
  caf::actor next;
  caf::actor watcher;
  long passed = 0;
};

caf::behavior member(caf::stateful_actor<member_state>* self) {
  return {
      [self](join, const caf::actor& next, const caf::actor& watcher) {
        self->state.next = next;
        self->state.watcher = watcher;
      },
      [self](pass, long left) {
        ++self->state.passed;
        if (left == 0)
          self->send(self->state.watcher, ended::value);
        else
          self->send(self->state.next, pass::value, left - 1);
      },
      [self](passed) { return self->state.passed; },
  };
}

int main(int argc, char** argv) {
  return plain_caf::run(argc, argv, {"savina_thread_ring", "us", 1'000'000},
                        [](auto& system, auto& self, long hops) {
                          std::vector<caf::actor> ring;
                          for (std::size_t i = 0; i < members; ++i)
                            ring.push_back(system.spawn(member));
                          for (std::size_t i = 0; i < members; ++i)
                            self->send(ring[i], join::value, ring[(i + 1) % members], caf::actor{self});

                          const auto start = bench::clock::now();
                          self->send(ring[0], pass::value, hops);
                          self->receive([](ended) {});
                          const double seconds = bench::seconds_since(start);
                          long sum = 0;
                          for (const auto& one : ring)
                            sum += plain_caf::ask(self, one, passed::value);
                          bench::require(sum == hops + 1, "messages");
                          return bench::result{seconds / static_cast<double>(hops) * 1e6};
                        });
}
