// SPDX-License-Identifier: BSD-3-Clause
//
// Open MPI: one message after the other to another process and back.

#include "mpi/ranks.hpp"

bench::result measure(long asks) {
  const auto ask = [](long x) {
    mpi::send(x, 1);
    return mpi::receive<long>(1);
  };
  bench::require(ask(1) == 1, "first ask");

  const auto start = bench::clock::now();
  for (long i = 0; i < asks; ++i)
    bench::require(ask(i) == i, "same");
  return bench::result{bench::seconds_since(start) / static_cast<double>(asks) * 1e6};
}

void answer(long asks) {
  for (long i = -1; i < asks; ++i)
    mpi::send(mpi::receive<long>(0), 0);
}

int main(int argc, char** argv) {
  return mpi::run(argc, argv, {"actor_ask", "us", 500'000}, measure, answer);
}
