// SPDX-License-Identifier: BSD-3-Clause
#include "actor/job_memory.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

namespace job_memory = troupe::detail::job_memory;

namespace {

using blocks = std::vector<std::pair<void*, std::size_t>>;

// More of each size than a thread keeps, and sizes that it keeps none of.
blocks take_all() {
  blocks all;
  for (int round = 0; round < 1000; ++round)
    for (std::size_t size_bytes : {1, 63, 64, 65, 192, 256, 257, 5000})
      all.emplace_back(job_memory::take(size_bytes), size_bytes);
  return all;
}

void fill(const blocks& all) {
  for (std::size_t i = 0; i < all.size(); ++i)
    std::memset(all[i].first, static_cast<int>(i % 251), all[i].second);
}

bool is_filled(const blocks& all) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto* bytes = static_cast<const unsigned char*>(all[i].first);
    if (!std::all_of(bytes, bytes + all[i].second, [i](unsigned char b) { return b == i % 251; }))
      return false;
  }
  return true;
}

void give_back(const blocks& all) {
  for (const auto& [memory, size_bytes] : all)
    job_memory::give_back(memory, size_bytes);
}

} // namespace

TEST_CASE("no two jobs share memory, whichever thread had it before") {
  const auto first = take_all();
  fill(first);
  std::thread{[&] {
    const auto own = take_all();
    fill(own);
    give_back(first); // which this thread did not make
    const auto after = take_all();
    fill(after);
    CHECK(is_filled(own));
    CHECK(is_filled(after));
    give_back(own);
    give_back(after);
  }}.join(); // and which ends with blocks of both
  const auto last = take_all();
  fill(last);
  CHECK(is_filled(last));
  give_back(last);
}

#ifndef __SANITIZE_ADDRESS__ // under which nothing is kept
TEST_CASE("what a thread gives back is what it is given next, of the same size") {
  void* const small = job_memory::take(100);
  void* const large = job_memory::take(200);
  job_memory::give_back(large, 200);
  job_memory::give_back(small, 100);
  CHECK(job_memory::take(128) == small); // rounded up to the same
  CHECK(job_memory::take(200) == large);
  job_memory::give_back(large, 200);
  job_memory::give_back(small, 128);
}
#endif
