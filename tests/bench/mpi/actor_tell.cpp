// SPDX-License-Identifier: BSD-3-Clause
//
// Open MPI: messages of 32 bytes to another process, until it has handled the last.

#include "mpi/ranks.hpp"

#include <array>
#include <cstdint>

using cargo = std::array<std::uint64_t, 4>;

bench::result measure(long tells) {
  mpi::send(cargo{1, 0, 0, 0}, 1);
  bench::require(mpi::receive<std::uint64_t>(1) == 0, "first tell");

  const auto start = bench::clock::now();
  for (long i = 0; i < tells; ++i)
    mpi::send(cargo{static_cast<std::uint64_t>(i), 0, 0, 1}, 1);
  const auto n = static_cast<std::uint64_t>(tells);
  bench::require(mpi::receive<std::uint64_t>(1) == n * (n - 1) / 2 + n, "sum");
  return bench::result{static_cast<double>(tells) / bench::seconds_since(start) / 1e6};
}

void listen(long tells) {
  static_cast<void>(mpi::receive<cargo>(0));
  mpi::send(std::uint64_t{0}, 0);
  std::uint64_t sum = 0;
  for (long i = 0; i < tells; ++i) {
    const auto c = mpi::receive<cargo>(0);
    sum += c[0] + c[3];
  }
  mpi::send(sum, 0);
}

int main(int argc, char** argv) {
  return mpi::run(argc, argv, {"actor_tell", "M/s", 2'000'000}, measure, listen);
}
