// SPDX-License-Identifier: BSD-3-Clause
//
// Plain CAF: a hundred thousand actors in one process, the time to make one and hear from it, and the memory it takes.

#include "caf/plain.hpp"
#include "resident.hpp"

#include <algorithm>
#include <vector>

using show = caf::atom_constant<caf::atom("show")>;

constexpr long wave = 1000; // actors at a time: what they say shall not count as their memory

struct member_state {
  long number = 0;
};

caf::behavior member(caf::stateful_actor<member_state>* self, long number) {
  self->state.number = number;
  return {[self](show) { return self->state.number; }};
}

int main(int argc, char** argv) {
  return plain_caf::run(argc, argv, {"actors_100k", "us", 100'000},
                        [](auto& system, auto& self, long actors) {
                          std::vector<caf::actor> all;
                          all.reserve(static_cast<std::size_t>(actors));
                          long sum = 0;

                          const double before = bench::resident_bytes();
                          const auto start = bench::clock::now();
                          for (long first = 0; first < actors; first += wave) {
                            const long last = std::min(first + wave, actors);
                            for (long i = first; i < last; ++i) {
                              all.push_back(system.spawn(member, i));
                              self->send(all.back(), show::value);
                            }
                            long shown = first;
                            self->receive_for(shown, last)([&](long number) { sum += number; });
                          }
                          const double us = bench::seconds_since(start) * 1e6;
                          const double bytes = bench::resident_bytes() - before;
                          bench::require(sum == actors * (actors - 1) / 2, "sum");
                          const auto each = static_cast<double>(actors);
                          return bench::result{us / each, {{"bytes", bytes / each}}};
                        });
}
