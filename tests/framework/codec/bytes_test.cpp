// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/bytes.hpp>
#include <troupe/exceptions.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using troupe::decode_error;
using troupe::detail::byte_buffer;
using troupe::detail::byte_reader;
using troupe::detail::fixed_writer;
using troupe::detail::no_room;

namespace {

std::vector<std::byte> copy_of(const byte_buffer& buffer) {
  return {buffer.view().begin(), buffer.view().end()};
}

byte_buffer filled(std::size_t count) {
  byte_buffer buffer;
  for (std::size_t i = 0; i < count; ++i)
    buffer.put(static_cast<std::uint8_t>(i));
  return buffer;
}

} // namespace

TEST_CASE("a reader gives back what a buffer was given") {
  byte_buffer buffer;
  buffer.put(std::uint16_t{7});
  buffer.put(2.5);
  buffer.put("abc", 3);
  byte_reader in{buffer.view()};
  CHECK(in.remaining() == 13);
  CHECK(in.get<std::uint16_t>() == 7);
  CHECK(in.get<double>() == 2.5);
  char text[3];
  in.get(text, 3);
  CHECK(std::string(text, 3) == "abc");
  CHECK(in.remaining() == 0);
}

TEST_CASE("a buffer keeps its contents while it grows past its inline storage") {
  const auto buffer = filled(1000);
  REQUIRE(buffer.size() == 1000);
  CHECK(buffer.capacity() >= 1000);
  for (std::size_t i = 0; i < 1000; ++i)
    REQUIRE(buffer.view()[i] == static_cast<std::byte>(i));
}

TEST_CASE("a buffer can be moved whether its contents are inline or on the heap") {
  for (const std::size_t count : {0u, 5u, 128u, 129u, 5000u}) {
    auto first = filled(count);
    const auto contents = copy_of(first);
    auto second = std::move(first);
    CHECK(copy_of(second) == contents);
    byte_buffer third;
    third.put(1);
    third = std::move(second);
    CHECK(copy_of(third) == contents);
    third.put(std::uint8_t{9});
    CHECK(third.size() == count + 1);
  }
}

TEST_CASE("a buffer that was moved from is empty and can be used again") {
  auto first = filled(500);
  const auto second = std::move(first);
  CHECK(first.size() == 0);
  first.put(3);
  CHECK(first.size() == sizeof(int));
  CHECK(second.size() == 500);
}

TEST_CASE("clear keeps the memory of a buffer") {
  auto buffer = filled(5000);
  const auto capacity = buffer.capacity();
  buffer.clear();
  CHECK(buffer.size() == 0);
  CHECK(buffer.capacity() == capacity);
}

TEST_CASE("reserve makes room once") {
  byte_buffer buffer;
  buffer.reserve(10'000);
  const auto* before = buffer.data();
  buffer.put(std::string(10'000, 'x').data(), 10'000);
  CHECK(buffer.data() == before);
}

TEST_CASE("earlier bytes can be overwritten and later ones taken back") {
  byte_buffer buffer;
  buffer.put(std::uint32_t{0});
  buffer.put(std::uint64_t{5});
  buffer.overwrite(0, std::uint32_t{42});
  buffer.rewind(4);
  byte_reader in{buffer.view()};
  CHECK(in.get<std::uint32_t>() == 42);
  CHECK(in.remaining() == 0);
}

TEST_CASE("a fixed writer is full when its memory is, and keeps what it has") {
  std::byte memory[6];
  fixed_writer out{memory};
  out.put(std::uint32_t{7});
  CHECK_THROWS_AS(out.put(std::uint32_t{8}), no_room);
  CHECK(out.size() == 4);
  out.put(std::uint16_t{9});
  CHECK(out.size() == 6);
  CHECK_THROWS_AS(out.put("x", 1), no_room);
  CHECK(out.data() == memory);
}

TEST_CASE("no bytes can be put and taken, even from nowhere") {
  byte_buffer buffer;
  buffer.put(nullptr, 0);
  byte_reader in{std::span<const std::byte>{}};
  in.get(nullptr, 0);
  CHECK(in.take(0).empty());
  CHECK(buffer.size() == 0);
}

TEST_CASE("asking a reader for more than is left is a decode_error and takes nothing") {
  byte_buffer buffer;
  buffer.put(std::uint16_t{7});
  byte_reader in{buffer.view()};
  char text[8];
  CHECK_THROWS_AS(in.get<std::uint32_t>(), decode_error);
  CHECK_THROWS_AS(in.get(text, 3), decode_error);
  CHECK_THROWS_AS(in.take(SIZE_MAX), decode_error);
  CHECK(in.get<std::uint16_t>() == 7);
}

TEST_CASE("take shows bytes where they lie") {
  const auto buffer = filled(10);
  byte_reader in{buffer.view()};
  CHECK(in.take(4).data() == buffer.data());
  CHECK(in.take(6).data() == buffer.data() + 4);
}
