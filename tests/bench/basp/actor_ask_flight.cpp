// SPDX-License-Identifier: BSD-3-Clause
//
// CAF over its own protocol: requests to an actor in another process, a thousand on their way at any time.

#include "basp/echo.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

constexpr long in_flight = 1000;

struct progress {
  long asked = 0;
  long answered = 0;
  bool right = true;
};

using asker_actor = caf::stateful_actor<progress>;

void ask_next(asker_actor* self, const caf::actor& echo, const caf::actor& done, long asks) {
  const long x = self->state.asked++;
  self->request(echo, caf::infinite, x).then([=](long y) {
    auto& state = self->state;
    state.right = state.right && x == y;
    if (++state.answered == asks)
      self->send(done, state.right);
    else if (state.asked < asks)
      ask_next(self, echo, done, asks);
  });
}

caf::behavior asker(asker_actor* self, const caf::actor& echo) {
  return {[=](const caf::actor& done, long asks) {
    self->state = {};
    for (long i = 0; i < std::min(asks, in_flight); ++i)
      ask_next(self, echo, done, asks);
  }};
}

int main(int argc, char** argv) {
  return bench::report(argc, argv, {"actor_ask_flight", "M/s", 50'000}, [](long asks) {
    const basp::other_system other;
    basp::config settings;
    caf::actor_system system{settings};
    caf::scoped_actor self{system};
    const auto one = system.spawn(asker, other.connect(system));
    const auto ask = [&](long n) {
      self->send(one, caf::actor{self}, n);
      bool right = false;
      self->receive([&](bool r) { right = r; });
      return right;
    };
    bench::require(ask(1), "first ask");

    const auto start = bench::clock::now();
    bench::require(ask(asks), "same");
    const double seconds = bench::seconds_since(start);
    caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
    return bench::result{static_cast<double>(asks) / seconds / 1e6};
  });
}
