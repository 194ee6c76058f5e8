// SPDX-License-Identifier: BSD-3-Clause
// Row 26: a worker goes mad and writes over the memory it shares with its supervisor. The supervisor ends
// that worker and nothing else: no crash, no hang, no large allocation.
#include "link/segment.hpp"
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
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

/// A result that no receiver can read, each time it is run.
bool neither_true_nor_false() {
  const unsigned char two = 2;
  bool b = false;
  std::memcpy(&b, &two, 1);
  return b;
}

/// Moves the end of what it has sent to where no frame can end.
int corrupt_link() {
  using troupe::detail::segment;
  constexpr std::size_t page = 4096;
  constexpr std::size_t ring = page + segment::ring_capacity;
  auto* up_ring = shared_memory().first + page + segment::black_box_bytes + ring;
  reinterpret_cast<troupe::detail::ring_words*>(up_ring)->tail.store(12'345);
  for (;;)
    ::pause();
}

} // namespace

TEST_CASE("a worker that sends garbage is killed, its task's failure says why, and nothing else is lost") {
  repeat(20, [](random_source&) {
    in_runtime(30s, [&](troupe::runtime& rt) {
      troupe::pool bystander{rt, {.processes = 1}};
      troupe::pool pool{rt, {.processes = 1}};
      auto mad = pool.apply_async(corrupt_link);
      CHECK(eventually(5s, [&] { return bystander.apply(same, 1) == 1 && mad.ready(); }));
      try {
        mad.get(1s);
        FAIL("nothing was thrown");
      } catch (const troupe::worker_lost& e) {
        CHECK(e.signal() == SIGKILL);
        CHECK_THAT(e.garbage(), Catch::Contains("malformed frame on a link: impossible position"));
        CHECK_THAT(e.what(), Catch::Contains("sent garbage"));
      }
      CHECK(pool.map(same, {1, 2, 3}) == std::vector{1, 2, 3});
      CHECK(bystander.workers()[0].restarts == 0);
    });
  });
}

TEST_CASE("a result that cannot be read fails its task, and is not tried for ever") {
  in_pool(20s, [](troupe::pool& pool) {
    try {
      pool.apply(neither_true_nor_false);
      FAIL("nothing was thrown");
    } catch (const troupe::worker_lost& e) {
      CHECK_FALSE(e.garbage().empty());
      CHECK(e.task_index() == 0);
    }
    CHECK(pool.map(same, {1, 2, 3}) == std::vector{1, 2, 3});
  });
}

TEST_CASE("a worker that scribbles over its link is ended, and the others go on") {
  repeat(100, [](random_source& random) {
    in_runtime(30s,
               [&](troupe::runtime& rt) {
                 troupe::pool bystander{rt, {.processes = 1}};
                 // A machine that stops for half a second makes it a hung one.
                 const auto patient = bystander.with({.crash_retries = 100});
                 troupe::pool pool{rt, {.processes = 2}};
                 const int bytes = 8 << random_below(random, 14);
                 auto mad = pool.apply_async(go_mad, random(), bytes, random_below(random, 2));
                 auto others =
                     pool.with({.crash_retries = 100, .chunk = 3}).map_async(same, std::vector<int>(500, 7));
                 CHECK(patient.map(same, std::vector<int>(500, 1)) == std::vector<int>(500, 1));
                 static_cast<void>(mad.wait(50ms)); // a lost wake-up of the mad worker may keep it for ever
                 static_cast<void>(others.wait(50ms));
                 CHECK(patient.apply(same, 2) == 2);
                 pool.terminate();
                 CHECK(mad.ready());
                 CHECK(others.ready());
                 CHECK(resident_bytes() < (sanitized ? 4096UL : 256UL) << 20);
               },
               {.heartbeat = 100ms});
  });
}
