// SPDX-License-Identifier: BSD-3-Clause
//
// pool.apply with an argument of 1 MiB and a result of 1 MiB.

#include "bench.hpp"

#include <string>

std::string echo(std::string bytes) { return bytes; }

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"pool_large_payload", "us", 300}, [](troupe::runtime& rt, long calls) {
    constexpr std::size_t payload_bytes = 1024 * 1024;
    constexpr long kinds = 8; // no two in a row are the same
    std::vector<std::string> payloads;
    for (char kind = 0; kind < kinds; ++kind) {
      payloads.emplace_back(payload_bytes, static_cast<char>('a' + kind));
      payloads.back().back() = '.';
    }
    troupe::pool pool{rt, {.processes = 2}};
    for (const std::string& payload : payloads)
      bench::require(pool.apply(echo, payload) == payload, "echo before the start");

    double seconds = 0;
    for (long i = 0; i < calls; ++i) {
      const std::string& payload = payloads[static_cast<std::size_t>(i % kinds)];
      const auto start = bench::clock::now();
      const std::string back = pool.apply(echo, payload);
      seconds += bench::seconds_since(start);
      bench::require(back == payload, "echo");
    }
    return bench::result{seconds / static_cast<double>(calls) * 1e6};
  });
}
