// SPDX-License-Identifier: BSD-3-Clause
// The whole program at the end of docs/tutorial.md.

// [program]
#include <troupe/troupe.hpp>

#include <csignal>
#include <cstdio>

using namespace std::chrono_literals;

class calculator : public troupe::actor {
 public:
  bool is_prime(int n) const {
    int d = 2;
    while (d * d <= n && n % d != 0)
      ++d;
    return d * d > n;
  }
  void crash() { std::raise(SIGKILL); }
};

class counter : public troupe::actor {
 public:
  explicit counter(troupe::actor_ref<calculator> other) : other_{std::move(other)} {}

  troupe::task<int> primes_below(int end) {
    int found = 0;
    for (int n = 2, lost = 0; n < end;) {
      try {
        found += co_await other_.ask<&calculator::is_prime>(n);
        ++n;
      } catch (const troupe::actor_down&) { // it ended before it had answered: ask the next one
        if (++lost == 5)
          throw;
      }
    }
    co_return found;
  }

 private:
  troupe::actor_ref<calculator> other_;
};

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  troupe::supervisor office{rt, {.intensity = 3, .period = 5s, .name = "office"}};
  const auto first = office.add<calculator>({.id = "calculator", .place = troupe::own_process});
  const auto second = office.add<counter>({.id = "counter", .place = troupe::own_process}, first);

  auto primes = second.ask<&counter::primes_below>(10'000);
  first.tell<&calculator::crash>(); // in the middle of it
  const int found = primes.get(60s);
  std::printf("%d primes below 10000\n", found);
  return found == 1229 ? 0 : 1;
}
// [/program]
