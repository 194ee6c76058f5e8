// SPDX-License-Identifier: BSD-3-Clause
// Row 26: a worker goes mad and writes over the memory it shares with its supervisor. The supervisor ends
// that worker and nothing else: no crash, no hang, no large allocation.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace test_support;

namespace {

int same(int x) { return x; }

/// The first bytes of the memory shared with the supervisor, where all but large payloads lie.
std::pair<unsigned char*, std::size_t> shared_memory() {
  std::ifstream maps{"/proc/self/maps"};
  for (std::string line; std::getline(maps, line);) {
    if (line.find("memfd:troupe-link") == std::string::npos)
      continue;
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx", &begin, &end) == 2)
      return {reinterpret_cast<unsigned char*>(begin), std::min<std::size_t>(end - begin, 700 << 10)};
  }
  std::abort();
}

/// Writes `bytes` random bytes at random places, in runs of eight.
int go_mad(unsigned seed, int bytes, bool die) {
  auto [memory, size] = shared_memory();
  std::mt19937 random{seed};
  for (int i = 0; i < bytes / 8; ++i) {
    const auto at = random() % (size - 8);
    for (std::size_t k = 0; k < 8; ++k)
      memory[at + k] = static_cast<unsigned char>(random());
  }
  if (die)
    ::raise(SIGKILL);
  return 1;
}

} // namespace

TEST_CASE("a worker that scribbles over its link is ended, and the others go on") {
  repeat(100, [](random_source& random) {
    in_runtime(30s,
               [&](troupe::runtime& rt) {
                 troupe::pool bystander{rt, {.processes = 1}};
                 troupe::pool pool{rt, {.processes = 2}};
                 const int bytes = 8 << random_below(random, 14);
                 auto mad = pool.apply_async(go_mad, random(), bytes, random_below(random, 2));
                 auto others =
                     pool.with({.crash_retries = 100, .chunk = 3}).map_async(same, std::vector<int>(500, 7));
                 CHECK(bystander.map(same, std::vector<int>(500, 1)) == std::vector<int>(500, 1));
                 static_cast<void>(mad.wait(50ms)); // a lost wake-up of the mad worker may keep it for ever
                 static_cast<void>(others.wait(50ms));
                 CHECK(bystander.apply(same, 2) == 2);
                 pool.terminate();
                 CHECK(mad.ready());
                 CHECK(others.ready());
                 CHECK(resident_bytes() < (sanitized ? 4096UL : 256UL) << 20);
               },
               {.heartbeat = 100ms});
  });
}
