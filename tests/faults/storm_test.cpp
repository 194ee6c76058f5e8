// SPDX-License-Identifier: BSD-3-Clause
// Row 30: many short tasks while a random worker is killed again and again. Every task has exactly one
// outcome, all are right, and memory stays flat.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"
#include "support/strike.hpp"

#include <algorithm>
#include <csignal>
#include <numeric>
#include <thread>
#include <vector>

using namespace test_support;

namespace {

int square_mod(int x) { return static_cast<int>(static_cast<long>(x) * x % 1'000'003); }

enum class victims { any, started };

/// Kills a random worker every so often. At a quick pace not one that only starts: were none ever ready, that
/// would be a crash loop.
class killer {
 public:
  killer(troupe::pool& pool, random_source random, std::chrono::milliseconds every,
         victims which = victims::started)
      : thread_{[&pool, random, every, which](const std::stop_token& stop) mutable {
          while (!stop.stop_requested()) {
            std::this_thread::sleep_for(every); // sleep: the rhythm of the fault
            auto all = pool.workers();
            if (which == victims::started)
              std::erase_if(all, [](const auto& w) { return w.state == troupe::worker_state::starting; });
            if (!all.empty())
              strike(all[static_cast<std::size_t>(random_below(random, static_cast<int>(all.size())))],
                     SIGKILL);
          }
        }} {}

 private:
  std::jthread thread_;
};

constexpr int count = 100'000;

std::vector<int> numbers() {
  std::vector<int> all(count);
  std::iota(all.begin(), all.end(), 0);
  return all;
}

std::vector<int> right_results() {
  auto all = numbers();
  std::transform(all.begin(), all.end(), all.begin(), square_mod);
  return all;
}

bool all_idle(const troupe::pool& pool) {
  const auto all = pool.workers();
  return std::all_of(all.begin(), all.end(),
                     [](const auto& w) { return w.state == troupe::worker_state::idle; });
}

/// A lost fork server is replaced by the next start of a worker, and lives on when the runtime has ended. So
/// there are as many as before only if a worker was started after the last of them was killed.
void replace_fork_servers(troupe::pool& pool) {
  CHECK(eventually(10s, [&] { return all_idle(pool); }));
  const auto victim = pool.workers().front().pid;
  ::kill(victim, SIGKILL);
  CHECK(eventually(10s, [&] { return pool.workers().front().pid != victim && all_idle(pool); }));
}

} // namespace

TEST_CASE("100,000 short tasks are all right while a random worker is killed every 100 ms") {
  repeat(5, [](random_source& random) {
    in_pool(60s, [&](troupe::pool& pool) {
      const auto right = right_results();
      killer k{pool, random, 100ms, victims::any};
      const auto patient = pool.with({.crash_retries = 100});
      CHECK(patient.map(square_mod, numbers()) == right);
      CHECK(pool.with({.crash_retries = 100, .chunk = 1}).map(square_mod, numbers()) == right);
    });
  });
}

TEST_CASE("every task has exactly one outcome while workers are killed every few ms") {
  repeat(5, [](random_source& random) {
    in_pool(60s, [&](troupe::pool& pool) {
      killer k{pool, random, 5ms};
      std::vector<int> outcomes(count);
      int wrong = 0;
      int lost = 0;
      auto stream = pool.with({.window = 5000}).imap_unordered_settled(square_mod, numbers());
      while (auto item = stream.next(20s * slowness)) {
        ++outcomes.at(item->index);
        lost += !item->outcome;
        wrong += item->outcome && item->outcome.value() != square_mod(static_cast<int>(item->index));
      }
      CHECK(wrong == 0);
      CHECK(std::count(outcomes.begin(), outcomes.end(), 1) == count);
      CHECK(lost < 5000);
    });
  });
}

TEST_CASE("all tasks are right while workers are killed and stopped, and fork servers are killed") {
  repeat(3, [](random_source& random) {
    in_runtime(60s,
               [&](troupe::runtime& rt) {
                 troupe::pool pool{rt, {.processes = 3}};
                 std::jthread striker{[&pool, random](const std::stop_token& stop) mutable {
                   while (!stop.stop_requested()) {
                     std::this_thread::sleep_for(20ms); // sleep: the rhythm of the fault
                     const auto servers = fork_servers();
                     const auto workers = pool.workers();
                     const auto& worker = workers[static_cast<std::size_t>(random_below(random, 3))];
                     const int what = random_below(random, 5);
                     if (what == 0 && !servers.empty())
                       ::kill(servers[random() % servers.size()], SIGKILL);
                     else if (worker.state != troupe::worker_state::starting)
                       strike(worker, what == 1 ? SIGSTOP : SIGKILL);
                   }
                 }};
                 const auto right = right_results();
                 const auto began = std::chrono::steady_clock::now();
                 while (std::chrono::steady_clock::now() - began < 2s)
                   CHECK(pool.with({.crash_retries = 1000}).map(square_mod, numbers()) == right);
                 striker.request_stop();
                 striker.join();
                 replace_fork_servers(pool);
               },
               {.heartbeat = 20ms * slowness});
  });
}

TEST_CASE("memory stays flat while workers are killed") {
  if (sanitized)
    return; // the sanitizers keep freed memory
  repeat(1, [](random_source& random) {
    in_pool(120s, [&](troupe::pool& pool) {
      killer k{pool, random, 3ms};
      const auto items = numbers();
      const auto run = [&] {
        const auto began = std::chrono::steady_clock::now();
        while (std::chrono::steady_clock::now() - began < 3s)
          CHECK(pool.with({.crash_retries = 1000}).map(square_mod, items).size() == count);
      };
      run();
      const auto before = resident_bytes();
      run();
      CHECK(resident_bytes() < before + (8 << 20));
    });
  });
}
