// SPDX-License-Identifier: BSD-3-Clause
#include "link/ring.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

using namespace troupe::detail;

namespace {

struct small_ring {
  static constexpr std::size_t capacity = 1024; // so payloads up to 128 bytes
  ring_words words;
  alignas(16) std::byte data[capacity] = {};
  ring_writer writer{{&words, data, capacity}};
  ring_reader reader{{&words, data, capacity}};

  bool put(std::uint32_t tag, std::size_t size_bytes) {
    auto* to = writer.reserve(size_bytes);
    if (!to)
      return false;
    std::memset(to, static_cast<int>(tag & 0xff), size_bytes);
    frame_header header;
    header.size_bytes = static_cast<std::uint32_t>(size_bytes);
    header.tag = tag;
    writer.commit(header);
    return true;
  }
};

bool filled_with(const frame_view& frame, std::uint32_t tag) {
  return std::all_of(frame.payload, frame.payload + frame.header.size_bytes,
                     [tag](std::byte b) { return b == static_cast<std::byte>(tag & 0xff); });
}

} // namespace

TEST_CASE("a frame put into a ring comes out with its header and its payload") {
  small_ring ring;
  REQUIRE(ring.put(7, 33));
  frame_view frame;
  REQUIRE(ring.reader.next(frame));
  CHECK(frame.header.tag == 7);
  CHECK(frame.header.size_bytes == 33);
  CHECK(filled_with(frame, 7));
  CHECK_FALSE(ring.reader.next(frame));
}

TEST_CASE("a reserved frame that is not committed does not exist") {
  small_ring ring;
  REQUIRE(ring.writer.reserve(16) != nullptr);
  frame_view frame;
  CHECK(ring.reader.empty());
  CHECK_FALSE(ring.reader.next(frame));
}

TEST_CASE("frames of every size come out whole and in order while the ring wraps") {
  small_ring ring;
  std::uint32_t read = 0;
  for (std::uint32_t written = 0; written < 20'000; ++written) {
    REQUIRE(ring.put(written, (written * 37) % 129));
    if (written % 3 != 2)
      continue;
    frame_view frame;
    while (ring.reader.next(frame)) {
      REQUIRE(frame.header.tag == read);
      REQUIRE(filled_with(frame, read));
      ++read;
    }
    ring.reader.release();
  }
  CHECK(read == 19'998);
}

TEST_CASE("a full ring takes nothing until the reader has given space back") {
  small_ring ring;
  std::uint32_t written = 0;
  while (ring.put(written, 48))
    ++written;
  CHECK(written == small_ring::capacity / frame_bytes(48));
  frame_view frame;
  REQUIRE(ring.reader.next(frame));
  CHECK_FALSE(ring.put(written, 48)); // seen, not yet released
  ring.reader.release();
  CHECK(ring.put(written, 48));
  CHECK_FALSE(ring.put(written + 1, 48));
}

TEST_CASE("the filler at the end of the ring never reaches the consumer") {
  small_ring ring;
  for (std::uint32_t i = 0; i < 9; ++i) // 9 × 112 bytes: 16 are left before the end
    REQUIRE(ring.put(i, 96));
  frame_view frame;
  for (std::uint32_t i = 0; i < 9; ++i)
    REQUIRE(ring.reader.next(frame));
  ring.reader.release();
  REQUIRE(ring.put(9, 96));
  REQUIRE(ring.reader.next(frame));
  CHECK(frame.header.tag == 9);
  CHECK(frame.payload == ring.data + sizeof(frame_header));
  CHECK_FALSE(ring.reader.next(frame));
}

TEST_CASE("reserving twice because the first try was given up changes nothing") {
  small_ring ring;
  for (std::uint32_t i = 0; i < 9; ++i)
    REQUIRE(ring.put(i, 96));
  frame_view frame;
  while (ring.reader.next(frame)) {
  }
  ring.reader.release();
  auto* first = ring.writer.reserve(128); // writes the filler
  CHECK(ring.writer.reserve(128) == first);
  REQUIRE(ring.put(9, 64));
  REQUIRE(ring.reader.next(frame));
  CHECK(frame.header.tag == 9);
}

TEST_CASE("the reader rings for room exactly once for each time it was asked") {
  small_ring ring;
  while (ring.put(1, 48)) {
  }
  ring.writer.ask_for_room();
  frame_view frame;
  REQUIRE(ring.reader.next(frame));
  CHECK(ring.reader.release());
  REQUIRE(ring.reader.next(frame));
  CHECK_FALSE(ring.reader.release());
  ring.writer.ask_for_room();
  CHECK_FALSE(ring.reader.release()); // nothing new was given back
}

TEST_CASE("a ring's positions are far from wrapping its words after many rounds") {
  small_ring ring;
  frame_view frame;
  for (int i = 0; i < 100'000; ++i) {
    REQUIRE(ring.put(1, 128));
    REQUIRE(ring.reader.next(frame));
    ring.reader.release();
  }
  CHECK(ring.words.tail.load() == ring.words.head.load());
  CHECK(ring.words.tail.load() > 100'000 * frame_bytes(128));
}
