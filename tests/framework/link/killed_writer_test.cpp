// SPDX-License-Identifier: BSD-3-Clause
// A writer that is killed at any instruction leaves whole frames, in order, and no reader waits for it.
#include "framework/link/link_pair.hpp"
#include "process/clone.hpp"
#include "support/within.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <limits>
#include <random>

using namespace troupe::detail;
using namespace std::chrono_literals;

namespace {

std::size_t size_of(std::uint32_t seed, std::uint32_t number) {
  std::mt19937 random{seed * 1'000'003 + number};
  if (random() % 8 == 0)
    return random() % 200'000; // most of these travel in the bulk area
  return random() % 600;
}

[[noreturn]] void write_for_ever(link_end& l, std::uint32_t seed) {
  std::vector<std::byte> bytes(200'000);
  for (std::uint32_t number = 0;; ++number) {
    const std::span part{bytes.data(), size_of(seed, number)};
    fill_pattern(part, number);
    send_bytes(l, number, part.data(), part.size());
    while (l.congested()) // spins: the parent reads all the time
      l.flush_outbox();
  }
}

struct reading {
  std::uint32_t next = 0;
  bool sound = true;

  void drain(link_end& l, std::uint32_t seed) {
    while (l.drain(256, [&](actor_number, std::uint32_t tag, payload&& body) {
      sound =
          sound && tag == next && body.bytes().size() == size_of(seed, tag) && has_pattern(body.bytes(), tag);
      ++next;
    }) != 0) {
    }
  }
};

// Where a writer's life begins. Its process may take longer to begin than any life lasts (sanitizers, a slow
// machine), so most are killed some time after their first frame.
enum class life_from { fork, first_frame };

// One writer, read until it has been killed after about `life`. Returns how many frames came.
std::uint32_t kill_one(std::uint32_t seed, life_from begin, std::chrono::microseconds life) {
  auto memory = std::make_shared<segment>(segment::create());
  doorbell bell; // nobody sleeps at it
  link_end ours{memory, direction::down, bell};
  const pid_t child =
      clone_process(parentage::child); // as our processes are made: a fork's copy sends nothing
  if (child == 0) {
    link_end theirs{memory, direction::up, bell};
    write_for_ever(theirs, seed);
  }
  reading r;
  const auto drain_until = [&](auto end, std::uint32_t frames) {
    while (std::chrono::steady_clock::now() < end && r.next < frames)
      r.drain(ours, seed);
  };
  if (begin == life_from::first_frame)
    drain_until(std::chrono::steady_clock::now() + 10s, 1);
  drain_until(std::chrono::steady_clock::now() + life, std::numeric_limits<std::uint32_t>::max());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, __WALL);
  r.drain(ours, seed); // what it had sent before
  CAPTURE(seed, r.next);
  CHECK(r.sound);
  CHECK((begin == life_from::fork || r.next > 0));
  CHECK_FALSE(ours.has_input());
  return r.next;
}

} // namespace

TEST_CASE("thousands of writers killed at random instants leave only whole frames, in order") {
  std::mt19937 random{std::random_device{}()};
  // A loaded machine or a sanitizer gets through fewer in that time, but so many it shall be.
  const auto enough = std::chrono::steady_clock::now() + 40s / (test_support::sanitized ? 3 : 1);
  std::uint64_t frames = 0;
  int kills = 0;
  for (; kills < 300 || (kills < 3000 && std::chrono::steady_clock::now() < enough); ++kills)
    frames += kill_one(static_cast<std::uint32_t>(random()),
                       kills % 8 == 0 ? life_from::fork : life_from::first_frame,
                       std::chrono::microseconds{random() % 8000});
  WARN(kills << " writers killed, " << frames << " frames read");
  CHECK(frames > 1000);
  CHECK(frames > 2u * static_cast<unsigned>(kills)); // they were writing when they were killed
}
