// SPDX-License-Identifier: BSD-3-Clause

#include "chaos.hpp"

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <random>
#include <vector>

namespace word_count {

chaos::chaos(const troupe::pool& pool, std::chrono::milliseconds period)
    : thread_{[this, &pool, period](std::stop_token stop) {
        std::mutex mutex;
        std::condition_variable_any stopped;
        std::unique_lock lock{mutex};
        while (!stopped.wait_for(lock, stop, period, [&] { return stop.stop_requested(); }))
          kill_one(pool);
      }} {}

void chaos::kill_one(const troupe::pool& pool) {
  static std::mt19937 random{std::random_device{}()};
  std::vector<pid_t> running;
  for (const troupe::worker_info& worker : pool.workers())
    if (worker.state == troupe::worker_state::idle || worker.state == troupe::worker_state::busy)
      running.push_back(worker.pid);
  if (running.empty())
    return;
  std::uniform_int_distribution<std::size_t> any{0, running.size() - 1};
  if (::kill(running[any(random)], SIGKILL) == 0)
    ++killed_;
}

} // namespace word_count
