// SPDX-License-Identifier: BSD-3-Clause
#include "pool/crew.hpp"

#include <algorithm>
#include <fstream>

#include <unistd.h>

namespace troupe::detail {

namespace {

std::size_t resident_bytes(pid_t pid) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/statm"};
  std::size_t total = 0;
  std::size_t resident = 0;
  return file >> total >> resident ? resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

double seconds(std::chrono::steady_clock::duration d) { return std::chrono::duration<double>(d).count(); }

} // namespace

void worker_place::enter(phase next) {
  const auto t = clock::now();
  (now == phase::ready ? ready_for : starting_for) += t - since;
  since = t;
  now = next;
}

worker_info worker_place::info() const {
  worker_info i;
  i.tasks_done = tasks_done;
  i.restarts = restarts;
  const auto open = clock::now() - since;
  const auto ready_time = ready_for + (now == phase::ready ? open : clock::duration{});
  i.seconds_busy = seconds(busy);
  i.seconds_waiting = std::max(0.0, seconds(ready_time - busy));
  i.seconds_starting = seconds(starting_for + (now == phase::ready ? clock::duration{} : open));
  i.name = name;
  i.pid = pid;
  if (!process)
    return i;
  i.rss_bytes = resident_bytes(i.pid);
  if (now == phase::gone || process.ended())
    i.state = worker_state::dead;
  else if (now == phase::ready)
    i.state = given.empty() ? worker_state::idle : worker_state::busy;
  return i;
}

std::optional<chunk> worker_place::take_back(std::size_t place) {
  auto& unbegun = given[place];
  auto offered = 2 * unbegun.number;
  if (!box().claims[unbegun.number % worker_box::claim_slots].compare_exchange_strong(
          offered, 0, std::memory_order_acq_rel))
    return std::nullopt;
  chunk taken = std::move(unbegun);
  given.erase(given.begin() + static_cast<std::ptrdiff_t>(place));
  return taken;
}

slate_content read_slate(const worker_box& box) {
  const auto word = box.progress.load(std::memory_order_acquire);
  slate_content content;
  constexpr std::uint64_t field = 0xf'ffff;
  const auto bytes = std::min<std::size_t>(word & field, worker_box::slate_bytes);
  content.bytes = std::span{box.slate}.first(bytes);
  content.open = (word & worker_box::open_bit) != 0;
  content.open_at = word >> 20 & field;
  content.open_count = static_cast<std::uint32_t>(word >> 40 & field);
  content.running = (word & worker_box::running_bit) != 0;
  return content;
}

std::optional<slate_content> read_slate_in_use(const worker_box& box, std::vector<std::byte>& copy) {
  const auto wipes = box.wipes.load(std::memory_order_acquire);
  auto content = read_slate(box);
  copy.assign(content.bytes.begin(), content.bytes.end());
  std::atomic_thread_fence(std::memory_order_acquire); // the copy is complete before this is read
  if (box.wipes.load(std::memory_order_relaxed) != wipes)
    return std::nullopt;
  content.bytes = copy;
  return content;
}

} // namespace troupe::detail
