// SPDX-License-Identifier: BSD-3-Clause
//
// Savina's Counting in plain CAF: an actor sends increments to another as fast as it can, and asks for the count at
// the end.

#include "caf/plain.hpp"

using increment = caf::atom_constant<caf::atom("increment")>;
using get_count = caf::atom_constant<caf::atom("get")>;
using produce = caf::atom_constant<caf::atom("produce")>;

struct counter_state {
  long count = 0;
};

caf::behavior counter(caf::stateful_actor<counter_state>* self) {
  return {
      [self](increment) { ++self->state.count; },
      [self](get_count) { return self->state.count; },
  };
}

caf::behavior producer(caf::event_based_actor* self) {
  return {[self](produce, const caf::actor& to, long increments) {
    for (long i = 0; i < increments; ++i)
      self->send(to, increment::value);
    return self->delegate(to, get_count::value);
  }};
}

int main(int argc, char** argv) {
  return plain_caf::run(
      argc, argv, {"savina_counting", "us", 1'000'000}, [](auto& system, auto& self, long increments) {
        const auto one = system.spawn(producer);
        const auto other = system.spawn(counter);

        const auto start = bench::clock::now();
        bench::require(plain_caf::ask(self, one, produce::value, other, increments) == increments, "count");
        return bench::result{bench::seconds_since(start) / static_cast<double>(increments) * 1e6};
      });
}
