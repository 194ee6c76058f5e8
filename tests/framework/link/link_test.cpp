// SPDX-License-Identifier: BSD-3-Clause
#include "link/link.hpp"

#include "framework/link/link_pair.hpp"

#include <troupe/exceptions.hpp>

#include <catch2/catch.hpp>

#include <random>
#include <thread>

using namespace troupe::detail;

namespace {

constexpr std::size_t mib = 1 << 20;

std::vector<std::byte> patterned(std::size_t size_bytes, std::uint64_t seed) {
  std::vector<std::byte> bytes(size_bytes);
  fill_pattern(bytes, seed);
  return bytes;
}

} // namespace

TEST_CASE("messages come out in order with target, tag and bytes") {
  link_pair pair;
  for (std::uint32_t i = 0; i < 100; ++i)
    pair.parent.send(i + 5, i, [&](byte_writer& w) { w.put(i); });
  auto all = drain_all(pair.child);
  REQUIRE(all.size() == 100);
  for (std::uint32_t i = 0; i < 100; ++i) {
    CHECK(all[i].target == i + 5);
    CHECK(all[i].tag == i);
    CHECK(byte_reader{all[i].body.bytes()}.get<std::uint32_t>() == i);
  }
}

TEST_CASE("payloads of any size from nothing to many megabytes arrive unchanged") {
  link_pair pair;
  std::uint32_t tag = 0;
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{65},
                           std::size_t{2047}, std::size_t{2048}, std::size_t{2049}, std::size_t{32767},
                           std::size_t{32768}, std::size_t{32769}, mib, 40 * mib}) {
    const auto bytes = patterned(size, size);
    send_bytes(pair.parent, ++tag, bytes.data(), size);
    auto all = drain_all(pair.child);
    REQUIRE(all.size() == 1);
    CHECK(all[0].tag == tag);
    REQUIRE(all[0].body.bytes().size() == size);
    CHECK(has_pattern(all[0].body.bytes(), size));
  }
}

TEST_CASE("a message that is written byte by byte outgrows stack, heap and extents alike") {
  link_pair pair;
  pair.parent.send(1, 1, [](byte_writer& w) {
    for (std::size_t i = 0; i < 3 * mib; ++i)
      w.put(pattern(9, i));
  });
  auto all = drain_all(pair.child);
  REQUIRE(all.size() == 1);
  REQUIRE(all[0].body.bytes().size() == 3 * mib);
  CHECK(has_pattern(all[0].body.bytes(), 9));
}

TEST_CASE("a large payload wakes its receiver while it is being written, and says how far it is") {
  link_pair pair;
  auto& bell = pair.child_bell;
  const auto bytes = patterned(mib, 3);
  const auto seen = bell.announce_sleep(doorbell::scheduler_seat);
  pair.parent.send(1, 1, [&](byte_writer& w) {
    CHECK_FALSE(pair.child.prefetch_bulk());
    w.put(bytes.data(), bytes.size());
    CHECK(bell.seat[doorbell::scheduler_seat].load() == seen + 1);
    CHECK(pair.child.prefetch_bulk());
    CHECK_FALSE(pair.child.prefetch_bulk()); // nothing new
    CHECK_FALSE(pair.child.has_input());     // nor a message yet
  });
  auto all = drain_all(pair.child);
  REQUIRE(all.size() == 1);
  CHECK(has_pattern(all[0].body.bytes(), 3));
}

TEST_CASE("both ends count the bytes of the large payloads that went either way, and of no others") {
  link_pair pair;
  const auto bytes = patterned(mib, 3);
  send_bytes(pair.parent, 1, bytes.data(), 100);
  drain_all(pair.child);
  CHECK(pair.parent.bulk_bytes() == 0);
  CHECK(pair.child.bulk_bytes() == 0);
  for (const auto& [from, to] :
       {std::pair{&pair.parent, &pair.child}, std::pair{&pair.child, &pair.parent}}) {
    send_bytes(*from, 1, bytes.data(), mib);
    drain_all(*to);
  }
  CHECK(pair.parent.bulk_bytes() == 2 * mib);
  CHECK(pair.child.bulk_bytes() == 2 * mib);
}

TEST_CASE("a payload announced beyond the bulk area is not fetched") {
  link_pair pair;
  for (auto lie : {segment::bulk_bytes + 1, ~std::size_t{0}}) {
    pair.memory->ring(direction::down).words->bulk_written_to.store(lie);
    CHECK_FALSE(pair.child.prefetch_bulk());
  }
}

TEST_CASE("the extents a growing message outgrew are given back") {
  link_pair pair;
  const auto place_of_a_message = [&pair] {
    pair.parent.send(1, 1, [](byte_writer& w) {
      static const std::vector<std::byte> piece(mib / 4);
      for (int n = 0; n < 17; ++n)
        w.put(piece.data(), piece.size());
    });
    const auto got = drain_all(pair.child);
    REQUIRE(got.size() == 1);
    return got[0].body.bytes().data();
  };
  const auto* const first = place_of_a_message();
  for (int i = 0; i < 12; ++i)
    CHECK(place_of_a_message() == first); // what the one before had lain in is free again
}

TEST_CASE("what an encoder throws leaves nothing sent, however far it came") {
  link_pair pair;
  for (std::size_t size : {std::size_t{10}, std::size_t{10'000}, mib}) {
    const auto bytes = patterned(size, 1);
    const auto failing = [&](byte_writer& w) {
      w.put(bytes.data(), bytes.size());
      throw std::runtime_error{"encoder failed"};
    };
    for (int i = 0; i < 4200; ++i) // 4,200 MiB if they were not given back: the area has 4,096
      REQUIRE_THROWS_WITH(pair.parent.send(1, 1, failing), "encoder failed");
    CHECK(drain_all(pair.child).empty());
  }
  send_bytes(pair.parent, 2, "x", 1);
  CHECK(drain_all(pair.child).size() == 1);
}

TEST_CASE("a full ring makes frames wait in the outbox, in order, and says so") {
  link_pair pair;
  const auto bytes = patterned(1000, 3);
  constexpr std::uint32_t count = 2000; // about eight times what the ring holds
  CHECK_FALSE(pair.parent.congested());
  for (std::uint32_t i = 0; i < count; ++i)
    send_bytes(pair.parent, i, bytes.data(), bytes.size());
  CHECK(pair.parent.congested());
  std::uint32_t next = 0;
  while (next < count) {
    for (auto& message : drain_all(pair.child))
      REQUIRE(message.tag == next++);
    const bool moved = pair.parent.flush_outbox();
    REQUIRE((moved || next == count));
  }
  CHECK_FALSE(pair.parent.congested());
}

TEST_CASE("a message of hundreds of megabytes passes a link and its memory comes back") {
  link_pair pair;
  for (int i = 0; i < 12; ++i) { // 12 × 400 MiB: more than the area
    pair.parent.send(1, 7, [](byte_writer& w) {
      std::vector<std::byte> piece(mib, std::byte{5});
      w.put(std::uint64_t{1});
      for (int n = 0; n < 400; ++n)
        w.put(piece.data(), 64 << 10); // touches little: this test is about the bookkeeping
    });
    auto all = drain_all(pair.child);
    REQUIRE(all.size() == 1);
    CHECK(all[0].body.bytes().size() == 8 + 400 * (64 << 10));
  }
}

TEST_CASE("memory of a large payload comes back when the payload goes, not before") {
  link_pair pair;
  const auto bytes = patterned(mib, 1);
  send_bytes(pair.parent, 1, bytes.data(), mib);
  auto kept = drain_all(pair.child);
  const auto* where = kept[0].body.bytes().data();
  send_bytes(pair.parent, 2, bytes.data(), mib);
  auto second = drain_all(pair.child);
  CHECK(second[0].body.bytes().data() != where);
  CHECK(has_pattern(kept[0].body.bytes(), 1));
  kept.clear();
  send_bytes(pair.parent, 3, bytes.data(), mib);
  CHECK(drain_all(pair.child)[0].body.bytes().data() == where);
}

TEST_CASE("a large payload can be read after both ends of the link are gone") {
  std::vector<received> kept;
  {
    link_pair pair;
    const auto bytes = patterned(2 * mib, 8);
    send_bytes(pair.parent, 1, bytes.data(), bytes.size());
    kept = drain_all(pair.child);
  }
  CHECK(has_pattern(kept.at(0).body.bytes(), 8));
}

TEST_CASE("a payload too large for a link is refused with the remedy and the link goes on") {
  link_pair pair;
  const auto too_much = [](byte_writer& w) {
    static const std::vector<std::byte> piece(64 * mib);
    for (int i = 0; i < 65; ++i)
      w.put(piece.data(), i == 0 ? piece.size() : 0);
    w.put(piece.data(), std::size_t{5} << 30); // never read: there is no room for it
  };
  CHECK_THROWS_WITH(pair.parent.send(1, 1, too_much), Catch::Contains("shared_memory"));
  send_bytes(pair.parent, 2, "x", 1);
  CHECK(drain_all(pair.child).size() == 1);
}

TEST_CASE("nothing is sent to a peer that is gone") {
  link_pair pair;
  pair.parent.set_peer_gone();
  send_bytes(pair.parent, 1, "x", 1);
  CHECK(drain_all(pair.child).empty());
  CHECK(pair.parent.has_input()); // the end itself
}
