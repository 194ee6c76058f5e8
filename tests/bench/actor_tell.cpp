// SPDX-License-Identifier: BSD-3-Clause
//
// Messages of 32 bytes to an actor in a process of its own, until it has handled the last.

#include "bench.hpp"

#include <array>
#include <cstdint>

using cargo = std::array<std::uint64_t, 4>;

class listener : public troupe::actor {
 public:
  void take(const cargo& c) { sum_ += c[0] + c[3]; }
  std::uint64_t sum() const { return sum_; }

 private:
  std::uint64_t sum_ = 0;
};

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"actor_tell", "M/s", 5'000'000}, [](troupe::runtime& rt, long tells) {
    const auto there = rt.spawn<listener>({.place = troupe::own_process});
    bench::require(there.ask<&listener::sum>().get() == 0, "first ask");

    const auto start = bench::clock::now();
    for (long i = 0; i < tells; ++i)
      there.tell<&listener::take>(cargo{static_cast<std::uint64_t>(i), 0, 0, 1});
    const auto n = static_cast<std::uint64_t>(tells);
    bench::require(there.ask<&listener::sum>().get() == n * (n - 1) / 2 + n, "sum");
    return bench::result{static_cast<double>(tells) / bench::seconds_since(start) / 1e6};
  });
}
