// SPDX-License-Identifier: BSD-3-Clause
#include "link/bulk_area.hpp"
#include "link/shared_mapping.hpp"

#include <troupe/exceptions.hpp>

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <vector>

using namespace troupe::detail;

namespace {

constexpr std::size_t mib = 1 << 20;

struct test_area {
  explicit test_area(std::size_t size_bytes = 16 * mib)
      : mapping{shared_mapping::create("troupe-bulk-test", size_bytes)},
        area{{mapping.data(), mapping.size_bytes()}} {}

  // What the reader does once it has decoded a payload.
  static void give_back(const bulk_extent& extent) { extent.header->state.store(bulk_header::returned); }

  std::size_t resident_bytes() const {
    struct stat s {};
    ::fstat(mapping.fd(), &s);
    return static_cast<std::size_t>(s.st_blocks) * 512;
  }

  shared_mapping mapping;
  bulk_area area;
};

} // namespace

TEST_CASE("an extent has room for what was asked and lies where its reference says") {
  test_area t;
  auto extent = t.area.allocate(100'000);
  REQUIRE(extent.memory.size() >= 100'000);
  const auto bytes = resolve_bulk({t.mapping.data(), t.mapping.size_bytes()}, extent.reference(100'000));
  CHECK(bytes.data() == extent.memory.data());
  CHECK(bytes.size() == 100'000);
}

TEST_CASE("an extent that was given back is used again") {
  test_area t;
  auto first = t.area.allocate(mib);
  const auto offset = first.offset;
  test_area::give_back(first);
  for (int i = 0; i < 1000; ++i) {
    auto again = t.area.allocate(mib);
    REQUIRE(again.offset == offset);
    test_area::give_back(again);
  }
}

TEST_CASE("an extent that is lent is not handed out a second time") {
  test_area t;
  auto first = t.area.allocate(mib);
  auto second = t.area.allocate(mib);
  const bool apart = first.offset + first.memory.size() < second.offset;
  CHECK(apart);
}

TEST_CASE("a cancelled extent is free for the next") {
  test_area t;
  auto first = t.area.allocate(15 * mib);
  t.area.cancel(first);
  CHECK(t.area.allocate(15 * mib).offset == first.offset);
}

TEST_CASE("neighbours that come back in any order grow together again") {
  test_area t;
  std::vector<bulk_extent> extents;
  for (int i = 0; i < 12; ++i)
    extents.push_back(t.area.allocate(mib));
  std::mt19937 random{1};
  std::shuffle(extents.begin(), extents.end(), random);
  for (auto& e : extents) {
    test_area::give_back(e);
    CHECK_NOTHROW(t.area.cancel(t.area.allocate(1))); // collects one at a time
  }
  CHECK_NOTHROW(t.area.allocate(15 * mib));
}

TEST_CASE("an area that is exhausted says how much was wanted and what to do instead") {
  test_area t;
  auto kept = t.area.allocate(10 * mib);
  CHECK_THROWS_WITH(t.area.allocate(10 * mib),
                    Catch::Contains("10485760 bytes") && Catch::Contains("shared_memory"));
  CHECK_NOTHROW(t.area.allocate(mib)); // the failure took nothing
  test_area::give_back(kept);
  CHECK_NOTHROW(t.area.allocate(10 * mib));
}

TEST_CASE("a size beyond the area, up to the largest there is, is refused") {
  test_area t;
  for (std::size_t size : {16 * mib, 16 * mib + 1, SIZE_MAX - 4200, SIZE_MAX - 4096, SIZE_MAX - 64, SIZE_MAX})
    CHECK_THROWS_AS(t.area.allocate(size), troupe::error);
}

TEST_CASE("memory beyond what is kept warm goes back to the system") {
  test_area t{512 * mib};
  auto huge = t.area.allocate(300 * mib);
  std::memset(huge.memory.data(), 1, 300 * mib);
  CHECK(t.resident_bytes() >= 300 * mib);
  test_area::give_back(huge);
  t.area.cancel(t.area.allocate(1));
  CHECK(t.resident_bytes() <= 65 * mib);
}

TEST_CASE("random loans never overlap and all come back") {
  test_area t;
  std::mt19937 random{42};
  std::vector<bulk_extent> lent;
  for (int round = 0; round < 20'000; ++round) {
    if (lent.size() > 20 || (!lent.empty() && random() % 2)) {
      const auto which = random() % lent.size();
      REQUIRE(lent[which].memory[0] == static_cast<std::byte>(lent[which].offset >> 12));
      test_area::give_back(lent[which]);
      lent.erase(lent.begin() + static_cast<std::ptrdiff_t>(which));
      continue;
    }
    lent.push_back(t.area.allocate(1 + random() % (600 << 10)));
    std::memset(lent.back().memory.data(), static_cast<int>(lent.back().offset >> 12 & 0xff), 128);
  }
  for (auto& e : lent)
    test_area::give_back(e);
  CHECK_NOTHROW(t.area.allocate(16 * mib - 4096));
}

TEST_CASE("a reference outside the area is a decode_error") {
  test_area t;
  const std::span<std::byte> area{t.mapping.data(), t.mapping.size_bytes()};
  const auto end = area.size();
  for (bulk_reference ref : {bulk_reference{0, 1},
                             {63, 1},
                             {65, 1},
                             {end, 1},
                             {end + 64, 0},
                             {64, end},
                             {64, SIZE_MAX},
                             {SIZE_MAX - 63, 64},
                             {std::uint64_t{1} << 63, 1}})
    CHECK_THROWS_AS(resolve_bulk(area, ref), troupe::decode_error);
  CHECK_NOTHROW(resolve_bulk(area, {64, end - 64}));
}
