// SPDX-License-Identifier: BSD-3-Clause
#include "link/doorbell.hpp"

#include "link/shared_mapping.hpp"
#include "support/within.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <new>
#include <random>
#include <thread>

using namespace troupe::detail;
using namespace std::chrono_literals;

namespace {

struct side {
  doorbell bell;
  alignas(64) std::atomic<std::uint64_t> inbox{0};
};

std::uint32_t sleeper(const doorbell& bell) { return doorbell::sleeper_of(bell.parked.load()); }

// Parks until `inbox` holds `wanted`. False when that took longer than any wake-up may: it was lost.
bool await(side& me, std::uint64_t wanted, int seat) {
  while (me.inbox.load(std::memory_order_acquire) != wanted) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    const auto seen = me.bell.announce_sleep(seat);
    if (me.inbox.load(std::memory_order_acquire) != wanted)
      me.bell.sleep(seat, seen, deadline);
    me.bell.stay_awake();
    if (std::chrono::steady_clock::now() >= deadline)
      return false;
  }
  return true;
}

void send(side& peer, std::uint64_t value) {
  peer.inbox.store(value, std::memory_order_release);
  peer.bell.ring();
}

// Odd rounds spin a little first, so that ringing meets every stage of going to sleep.
bool play(side& me, side& peer, bool first, std::uint64_t rounds, int seat) {
  for (std::uint64_t round = 1; round <= rounds; ++round) {
    if (first)
      send(peer, round);
    for (std::uint64_t spin = 0; spin < round * 7 % 64; ++spin)
      if (me.inbox.load(std::memory_order_relaxed) == round)
        break;
    if (!await(me, round, seat))
      return false;
    if (!first)
      send(peer, round);
  }
  return true;
}

} // namespace

TEST_CASE("no wake-up is lost between two threads that ring and park by turns") {
  side a;
  side b;
  constexpr std::uint64_t rounds = 100'000 / test_support::slowness;
  bool other = false;
  std::thread second{[&] { other = play(b, a, false, rounds, doorbell::driver_seat); }};
  CHECK(play(a, b, true, rounds, doorbell::scheduler_seat));
  second.join();
  CHECK(other);
}

TEST_CASE("no wake-up is lost between two processes that ring and park by turns") {
  auto memory = shared_mapping::create("troupe-doorbell-test", 4096);
  auto* a = new (memory.data()) side;
  auto* b = new (memory.data() + sizeof(side)) side;
  constexpr std::uint64_t rounds = 100'000 / test_support::slowness;
  const pid_t child = ::fork();
  if (child == 0)
    ::_exit(play(*b, *a, false, rounds, doorbell::scheduler_seat) ? 0 : 1);
  CHECK(play(*a, *b, true, rounds, doorbell::driver_seat));
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

namespace {

// A process that does nothing but ring, killed after about `life`; then the one message that matters.
bool outlive_a_ringer(side& me, std::chrono::microseconds life) {
  constexpr std::uint64_t last = 1;
  me.inbox.store(0);
  const pid_t child = ::fork();
  if (child == 0)
    for (;;)
      me.bell.ring();
  std::thread killer{[&] {
    const auto end = std::chrono::steady_clock::now() + life;
    while (std::chrono::steady_clock::now() < end) {
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    send(me, last);
  }};
  const bool in_time = await(me, last, doorbell::driver_seat);
  killer.join();
  return in_time;
}

} // namespace

TEST_CASE("a ringer killed at any instant takes nobody else's wake-up with it") {
  auto memory = shared_mapping::create("troupe-doorbell-test", 4096);
  auto& me = *new (memory.data()) side;
  std::mt19937 random{std::random_device{}()};
  for (int i = 0; i < 2000; ++i)
    REQUIRE(outlive_a_ringer(me, std::chrono::microseconds{random() % 400}));
}

TEST_CASE("ringing while nobody is parked costs no wake and is not remembered") {
  doorbell bell;
  const auto before = bell.seat[doorbell::scheduler_seat].load();
  bell.ring();
  CHECK(bell.seat[doorbell::scheduler_seat].load() == before);
}

TEST_CASE("only one of several ringers pays for the wake") {
  doorbell bell;
  const auto seen = bell.announce_sleep(doorbell::driver_seat);
  bell.ring();
  bell.ring();
  CHECK(bell.seat[doorbell::driver_seat].load() == seen + 1);
  CHECK(sleeper(bell) == doorbell::awake);
}

TEST_CASE("a nudge wakes a sleeping driver and leaves a sleeping scheduler alone") {
  doorbell bell;
  auto seen = bell.announce_sleep(doorbell::scheduler_seat);
  bell.nudge_driver();
  CHECK(bell.seat[doorbell::scheduler_seat].load() == seen);
  CHECK(sleeper(bell) == 1 + doorbell::scheduler_seat);
  seen = bell.announce_sleep(doorbell::driver_seat);
  bell.nudge_driver();
  CHECK(bell.seat[doorbell::driver_seat].load() == seen + 1);
}

TEST_CASE("garbage in the parked word wakes nobody and harms nothing") {
  doorbell bell;
  bell.parked.store(0xffff'ffff);
  bell.ring();
  CHECK(sleeper(bell) == doorbell::awake);
  CHECK(bell.seat[doorbell::scheduler_seat].load() == 0);
  CHECK(bell.seat[doorbell::driver_seat].load() == 0);
}

TEST_CASE("a sleep ends at its deadline") {
  doorbell bell;
  const auto start = std::chrono::steady_clock::now();
  const auto seen = bell.announce_sleep(doorbell::driver_seat);
  while (std::chrono::steady_clock::now() < start + 20ms)
    bell.sleep(doorbell::driver_seat, seen, start + 20ms);
  CHECK(std::chrono::steady_clock::now() - start < 5s);
}
