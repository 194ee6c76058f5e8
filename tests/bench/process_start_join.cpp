// SPDX-License-Identifier: BSD-3-Clause
//
// process: start one that does nothing, and join it.

#include "bench.hpp"

#include <cstdlib>

void nothing() {}
void leave(int code) { std::exit(code); }

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"process_start_join", "us", 200}, [](troupe::runtime& rt, long processes) {
    troupe::process witness{rt, leave, 7};
    witness.start();
    witness.join();
    bench::require(witness.exitcode() == 7, "exit code 7");

    const auto start = bench::clock::now();
    for (long i = 0; i < processes; ++i) {
      troupe::process process{rt, nothing};
      process.start();
      process.join();
      bench::require(process.exitcode() == 0, "exit code 0");
    }
    return bench::result{bench::seconds_since(start) / static_cast<double>(processes) * 1e6};
  });
}
