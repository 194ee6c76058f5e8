// SPDX-License-Identifier: BSD-3-Clause
//
// CAF over its own protocol: one request after the other to an actor in another process.

#include "basp/echo.hpp"

#include <caf/scoped_actor.hpp>

int main(int argc, char** argv) {
  return bench::report(argc, argv, {"actor_ask", "us", 5'000}, [](long asks) {
    const basp::other_system other;
    basp::config settings;
    caf::actor_system system{settings};
    const auto echo = other.connect(system);
    caf::scoped_actor self{system};
    const auto ask = [&](long x) {
      long answer = -1;
      self->request(echo, caf::infinite, x).receive([&](long y) { answer = y; }, [](const caf::error&) {});
      return answer;
    };
    bench::require(ask(1) == 1, "first ask");

    const auto start = bench::clock::now();
    for (long i = 0; i < asks; ++i)
      bench::require(ask(i) == i, "same");
    return bench::result{bench::seconds_since(start) / static_cast<double>(asks) * 1e6};
  });
}
