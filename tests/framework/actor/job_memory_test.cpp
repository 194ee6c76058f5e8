// SPDX-License-Identifier: BSD-3-Clause
#include "actor/job_memory.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <mutex>
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

TEST_CASE("what a thread gives back in excess is what another is given next") {
  std::vector<void*> given;
  std::thread{[&] {
    for (int i = 0; i < 1000; ++i)
      given.push_back(job_memory::take(192));
    for (void* memory : given)
      job_memory::give_back(memory, 192);
  }}.join();
  std::vector<void*> taken;
  for (int i = 0; i < 1000; ++i)
    taken.push_back(job_memory::take(192));
  std::sort(given.begin(), given.end());
  CHECK(std::count_if(taken.begin(), taken.end(), [&](void* memory) {
          return std::binary_search(given.begin(), given.end(), memory);
        }) >= 640); // all but what the other kept for itself, 256, and the magazine it had begun
  for (void* memory : taken)
    job_memory::give_back(memory, 192);
}
#endif

TEST_CASE("one thread takes and another gives back, by the hundred thousand") {
  constexpr int rounds = 1000, each = 300;
  std::mutex mutex;
  std::vector<blocks> on_the_way;
  std::thread maker{[&] {
    for (int round = 0; round < rounds; ++round) {
      blocks made;
      for (int i = 0; i < each; ++i)
        made.emplace_back(job_memory::take(100), 100);
      fill(made);
      std::lock_guard lock{mutex};
      on_the_way.push_back(std::move(made));
    }
  }};
  bool whole = true;
  for (int received = 0; received < rounds;) {
    std::unique_lock lock{mutex};
    const auto batches = std::exchange(on_the_way, {});
    lock.unlock();
    for (const auto& batch : batches) {
      whole = whole && is_filled(batch);
      give_back(batch);
    }
    received += static_cast<int>(batches.size());
  }
  maker.join();
  CHECK(whole);
}
