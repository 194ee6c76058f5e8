// SPDX-License-Identifier: BSD-3-Clause
//
// The two processes that mpirun starts: rank 0 measures and prints, rank 1 does what it is asked.

#pragma once

#include "report.hpp"

#include <mpi.h>

#include <cstdio>

namespace mpi {

/// The main of such a program. `measure(size)` is run by rank 0, `serve(size)` by rank 1.
template <class Measure, class Serve>
int run(int argc, char** argv, const bench::row& about, Measure measure, Serve serve) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  int ranks = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  int code = 0;
  if (ranks != 2) {
    std::fprintf(stderr, "%s: start it with mpirun -n 2\n", about.name);
    code = 1;
  } else if (rank == 0) {
    code = bench::report(argc, argv, about, measure);
  } else {
    serve(bench::size_of_job(argc, argv, about));
  }
  std::fflush(stdout);
  if (code != 0)
    MPI_Abort(MPI_COMM_WORLD, code);
  MPI_Finalize();
  return code;
}

template <class T>
void send(const T& value, int to) {
  MPI_Send(&value, sizeof value, MPI_BYTE, to, 0, MPI_COMM_WORLD);
}

template <class T>
T receive(int from) {
  T value{};
  MPI_Recv(&value, sizeof value, MPI_BYTE, from, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  return value;
}

} // namespace mpi
