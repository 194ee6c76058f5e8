// SPDX-License-Identifier: BSD-3-Clause
// A peer that writes what it likes into the memory of a link. What the reader may do is end with a
// decode_error, or deliver frames that lie within the memory of the link; nothing else.
#include "framework/link/link_pair.hpp"

#include <troupe/exceptions.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <random>

using namespace troupe::detail;

namespace {

using generator = std::mt19937_64;

struct hostile_peer {
  hostile_peer() {
    for (std::uint32_t i = 0; i < 40; ++i) {
      const std::vector<std::byte> bytes(i % 10 == 9 ? 100'000 : std::size_t{i} * 97, std::byte{7});
      send_bytes(pair.child, i, bytes.data(), bytes.size());
    }
  }

  // Reads all bytes, as a decoder would, so that the sanitizer sees any that lie elsewhere.
  // True when the link ended with a decode_error.
  bool drain() {
    try {
      for (int turn = 0; turn < 10'000; ++turn) {
        const auto count = pair.parent.drain(256, [this](actor_number, std::uint32_t, payload&& body) {
          delivered_bytes += body.bytes().size();
          for (auto b : body.bytes().first(std::min<std::size_t>(body.bytes().size(), 1 << 16)))
            sum = sum + std::to_integer<std::uint64_t>(b);
        });
        if (count == 0)
          return false;
      }
    } catch (const troupe::decode_error&) {
      return true;
    }
    FAIL("the reader does not come to an end");
    return false;
  }

  // Puts a frame there as our own writer would, but with this header.
  void forge(std::uint64_t at, frame_header header, std::span<const std::byte> body = {}) {
    header.check = frame_check(header);
    std::memcpy(ring.data + at % ring.capacity, &header, sizeof header);
    if (!body.empty())
      std::memcpy(ring.data + (at + sizeof header) % ring.capacity, body.data(), body.size());
  }
  void set_tail(std::uint64_t tail) { ring.words->tail.store(tail, std::memory_order_release); }
  std::uint64_t tail() const { return ring.words->tail.load(); }

  link_pair pair;
  ring_memory ring = pair.memory->ring(direction::up);
  std::uint64_t delivered_bytes = 0;
  volatile std::uint64_t sum = 0;
};

// Runs `attack` from many seeds; a failure prints the seed.
template <class Attack>
void from_seeds(int count, Attack attack) {
  for (int seed = 1; seed <= count; ++seed) {
    CAPTURE(seed);
    generator random{static_cast<std::uint64_t>(seed)};
    hostile_peer peer;
    attack(peer, random);
  }
}

} // namespace

TEST_CASE("a peer that behaves is read to the end") {
  hostile_peer peer;
  CHECK_FALSE(peer.drain());
  CHECK(peer.delivered_bytes > 300'000);
}

TEST_CASE("a ring full of random bytes ends with a decode_error") {
  from_seeds(300, [](hostile_peer& peer, generator& random) {
    for (std::size_t i = 0; i < peer.ring.capacity; i += 8) {
      const auto word = random();
      std::memcpy(peer.ring.data + i, &word, 8);
    }
    peer.set_tail(((1 + random() % peer.ring.capacity) & ~std::uint64_t{15}) | 16);
    CHECK(peer.drain());
  });
}

TEST_CASE("flipped bits end with a decode_error or change nothing but payloads") {
  from_seeds(1500, [](hostile_peer& peer, generator& random) {
    for (auto flips = random() % 200; flips > 0; --flips)
      peer.ring.data[random() % peer.tail()] ^= static_cast<std::byte>(1 << random() % 8);
    peer.drain();
    CHECK(peer.delivered_bytes <= segment::bulk_bytes + 1'000'000); // a flipped size stays inside the area
  });
}

TEST_CASE("a tail that cuts frames in two ends with a decode_error or between frames") {
  from_seeds(1000, [](hostile_peer& peer, generator& random) {
    peer.set_tail(random() % peer.tail());
    peer.drain();
  });
}

TEST_CASE("impossible positions end with a decode_error") {
  hostile_peer peer;
  for (std::uint64_t tail : {std::uint64_t{1}, std::uint64_t{15}, peer.ring.capacity + 16,
                             std::uint64_t{1} << 40, ~std::uint64_t{0}, ~std::uint64_t{15}}) {
    hostile_peer other;
    other.set_tail(tail);
    CHECK(other.drain());
  }
}

TEST_CASE("a tail that goes back behind the reader ends with a decode_error") {
  hostile_peer peer;
  REQUIRE_FALSE(peer.drain());
  peer.set_tail(peer.tail() - 160);
  CHECK(peer.drain());
}

TEST_CASE("forged headers with a right check value never reach beyond the ring") {
  from_seeds(1500, [](hostile_peer& peer, generator& random) {
    std::uint64_t at = 0;
    for (int i = 0; i < 64; ++i) {
      frame_header header;
      header.size_bytes = static_cast<std::uint32_t>(random() >> random() % 64);
      header.kind = static_cast<frame_kind>(random() % 5);
      header.target = static_cast<std::uint32_t>(random());
      peer.forge(at, header);
      at += random() % 3 ? frame_bytes(header.size_bytes) : 16 * (random() % 100);
      if (at >= peer.ring.capacity)
        break;
    }
    peer.set_tail(std::min<std::uint64_t>(at & ~std::uint64_t{15}, peer.ring.capacity));
    peer.drain();
  });
}

TEST_CASE("forged references to large payloads stay inside the area or are a decode_error") {
  from_seeds(1500, [](hostile_peer& peer, generator& random) {
    REQUIRE_FALSE(peer.drain());
    const auto at = peer.tail();
    const bulk_reference ref{
        random() >> random() % 64 & (random() % 2 ? ~std::uint64_t{63} : ~std::uint64_t{0}),
        random() >> random() % 64};
    const auto bytes = std::as_bytes(std::span{&ref, 1});
    peer.forge(
        at,
        {static_cast<std::uint32_t>(random() % 8 ? sizeof ref : random() % 64), frame_kind::bulk, 0, 1, 1},
        bytes);
    peer.set_tail(at + frame_bytes(sizeof ref));
    peer.drain();
    CHECK(peer.delivered_bytes <= segment::bulk_bytes + 1'000'000);
  });
}

TEST_CASE("fillers that do not lead to the end of the ring are a decode_error") {
  hostile_peer peer;
  const auto position = peer.tail() % peer.ring.capacity;
  peer.forge(position, {16, frame_kind::skip, 0, 0, 0});
  peer.set_tail(peer.tail() + 32);
  CHECK(peer.drain());
}

TEST_CASE("a peer that lies about what it has read gets no room and harms only its own messages") {
  from_seeds(200, [](hostile_peer& peer, generator& random) {
    auto* down = peer.pair.memory->ring(direction::down).words;
    const std::vector<std::byte> bytes(5000, std::byte{1});
    for (std::uint32_t i = 0; i < 300; ++i) {
      send_bytes(peer.pair.parent, i, bytes.data(), random() % bytes.size());
      down->head.store(random() >> random() % 64);
      peer.pair.parent.flush_outbox();
    }
    CHECK_FALSE(peer.drain()); // what it sent before is still read
  });
}

TEST_CASE("a peer that returns memory it was never lent, or lent twice, does not confuse the writer") {
  from_seeds(100, [](hostile_peer& peer, generator& random) {
    auto area = peer.pair.memory->bulk(direction::down);
    std::vector<std::byte> bytes(200'000, std::byte{1});
    for (std::uint32_t i = 0; i < 50; ++i) {
      send_bytes(peer.pair.parent, i, bytes.data(), 40'000 + random() % 160'000);
      const auto word = static_cast<std::uint32_t>(random() % 4);
      for (int n = 0; n < 5; ++n)
        std::memcpy(area.data() + (random() % 1000) * 4096, &word, sizeof word);
    }
    CHECK_FALSE(peer.drain());
  });
}
