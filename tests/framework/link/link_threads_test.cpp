// SPDX-License-Identifier: BSD-3-Clause
#include "framework/link/link_pair.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <random>
#include <thread>

using namespace troupe::detail;
using namespace std::chrono_literals;

namespace {

// Sends and, when the ring is full, waits on `bell` for room, as a process with nothing else to do would.
void send_with_backpressure(link_end& l, doorbell& bell, std::uint32_t tag,
                            std::span<const std::byte> bytes) {
  send_bytes(l, tag, bytes.data(), bytes.size());
  l.ring_peer();
  while (l.congested()) {
    const auto seen = bell.announce_sleep(doorbell::driver_seat);
    if (!l.flush_outbox())
      bell.sleep(doorbell::driver_seat, seen, std::chrono::steady_clock::now() + 20s);
    bell.stay_awake();
  }
}

// Drains until `count` messages came; parks when there is nothing. False when none came for 20 s.
template <class Check>
bool receive(link_end& l, doorbell& bell, std::uint32_t count, Check check) {
  std::uint32_t next = 0;
  while (next < count) {
    const auto drained = l.drain(256, [&](actor_number, std::uint32_t tag, payload&& body) {
      REQUIRE(tag == next++);
      check(tag, body.bytes());
    });
    if (drained != 0)
      continue;
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    const auto seen = bell.announce_sleep(doorbell::scheduler_seat);
    if (!l.has_input())
      bell.sleep(doorbell::scheduler_seat, seen, deadline);
    bell.stay_awake();
    if (std::chrono::steady_clock::now() >= deadline)
      return false;
  }
  return true;
}

} // namespace

TEST_CASE("a million short messages pass from thread to thread in order, with parking on both sides") {
  link_pair pair;
  constexpr std::uint32_t count = 1'000'000;
  std::thread producer{[&] {
    for (std::uint32_t i = 0; i < count; ++i)
      send_with_backpressure(pair.parent, pair.parent_bell, i, std::as_bytes(std::span{&i, 1}));
  }};
  const bool all = receive(pair.child, pair.child_bell, count, [](std::uint32_t tag, auto bytes) {
    REQUIRE(byte_reader{bytes}.get<std::uint32_t>() == tag);
  });
  producer.join();
  CHECK(all);
}

TEST_CASE("messages of random sizes up to a megabyte pass from thread to thread unchanged") {
  link_pair pair;
  constexpr std::uint32_t count = 2'000;
  const auto size_of = [](std::uint32_t i) {
    std::mt19937 random{i};
    return random() % (std::size_t{1} << (random() % 21));
  };
  std::thread producer{[&] {
    std::vector<std::byte> bytes(1 << 20);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::span part{bytes.data(), size_of(i)};
      fill_pattern(part, i);
      send_with_backpressure(pair.parent, pair.parent_bell, i, part);
    }
  }};
  const bool all = receive(pair.child, pair.child_bell, count, [&](std::uint32_t tag, auto bytes) {
    REQUIRE(bytes.size() == size_of(tag));
    REQUIRE(has_pattern(bytes, tag));
  });
  producer.join();
  CHECK(all);
}

TEST_CASE("several threads may send on one link; each one's messages stay in order") {
  link_pair pair;
  constexpr std::uint32_t threads = 4;
  constexpr std::uint32_t each = 20'000;
  std::vector<std::thread> producers;
  for (std::uint32_t t = 0; t < threads; ++t)
    producers.emplace_back([&, t] {
      for (std::uint32_t i = 0; i < each; ++i)
        pair.parent.send(t, i, [&](byte_writer& w) { w.put(std::uint64_t{i} * threads + t); });
    });
  std::vector<std::uint32_t> next(threads);
  std::size_t total = 0;
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (total < threads * each && std::chrono::steady_clock::now() < deadline) {
    total += pair.child.drain(256, [&](actor_number from, std::uint32_t tag, payload&& body) {
      REQUIRE(tag == next.at(from)++);
      REQUIRE(byte_reader{body.bytes()}.get<std::uint64_t>() == std::uint64_t{tag} * threads + from);
    });
    pair.parent.flush_outbox();
  }
  for (auto& p : producers)
    p.join();
  CHECK(total == threads * each);
}
