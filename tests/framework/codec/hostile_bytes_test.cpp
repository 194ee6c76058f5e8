// SPDX-License-Identifier: BSD-3-Clause
#include "framework/codec/hostile.hpp"
#include "framework/codec/round_trip.hpp"

#include <troupe/callable.hpp>
#include <troupe/error.hpp>
#include <troupe/failure.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::test_codec;
using detail::byte_buffer;
using detail::byte_reader;

namespace {

struct shape {
  int kind = 0;
  bool filled = false;
  std::string name{};
  std::vector<double> numbers{};
  bool operator==(const shape&) const = default;
};

struct tree {
  std::optional<int> value{};
  std::vector<tree> children{};
  std::unique_ptr<tree> left{};
};

struct saved_by_hand {
  template <class Archive>
  void serialize(Archive& archive) {
    archive(text, numbers);
  }
  std::string text{};
  std::map<int, std::string> numbers{};
};

struct picky {
  template <class Archive>
  void save(Archive& archive) const {
    archive(1);
  }
  template <class Archive>
  void load(Archive& archive) {
    int number = 0;
    archive(number);
    throw std::invalid_argument{"not my kind of number"};
  }
};

struct deferring {
  template <class Archive>
  void serialize(Archive& archive) {
    archive(cereal::defer(text));
  }
  std::string text{};
};

tree sample_tree() {
  tree t{1, {}, std::make_unique<tree>()};
  t.children.resize(3);
  t.children[1].value = 5;
  t.children[2].left = std::make_unique<tree>();
  return t;
}

std::vector<std::byte> copy_of(const byte_buffer& buffer) {
  return {buffer.view().begin(), buffer.view().end()};
}

template <class T>
std::vector<std::byte> encoded(const T& value) {
  byte_buffer buffer;
  detail::encode(buffer, value);
  return copy_of(buffer);
}

/// Decodes damaged bytes thousands of times: each ends in a value or in decode_error.
template <class Decode>
void survive(const std::vector<std::byte>& original, Decode decode) {
  constexpr unsigned seeds = 5000;
  unsigned refused = 0;
  for (unsigned seed = 0; seed < seeds; ++seed) {
    std::mt19937 random{seed};
    auto bytes = original;
    damage(bytes, random);
    byte_reader in{bytes};
    INFO("seed " << seed);
    const memory_meter memory;
    try {
      decode(in);
    } catch (const decode_error&) {
      ++refused;
    }
    if (!memory.in_proportion_to(bytes.size()))
      FAIL("too much memory for " << bytes.size() << " bytes");
  }
  CHECK(refused > 0);
}

template <class T>
void survive_as(const T& value) {
  survive(encoded(value), [](byte_reader& in) { static_cast<void>(detail::decode<T>(in)); });
}

template <class T>
void refuse(const byte_buffer& bytes) {
  byte_reader in{bytes.view()};
  const memory_meter memory;
  CHECK_THROWS_AS(detail::decode<T>(in), decode_error);
  CHECK(memory.in_proportion_to(bytes.size()));
}

byte_buffer length(std::uint64_t count, std::size_t bytes_behind) {
  byte_buffer bytes;
  bytes.put(count);
  for (std::size_t i = 0; i < bytes_behind; ++i)
    bytes.put(std::uint8_t{1});
  return bytes;
}

} // namespace

TEST_CASE("a length that exceeds the bytes left is refused before memory is taken for it") {
  for (const std::uint64_t count : {std::uint64_t{101}, std::uint64_t{1} << 32, UINT64_MAX}) {
    const auto bytes = length(count, 100);
    refuse<std::string>(bytes);
    refuse<std::vector<int>>(bytes);
    refuse<std::vector<bool>>(bytes);
    refuse<std::vector<std::string>>(bytes);
    refuse<std::deque<int>>(bytes);
    refuse<std::list<int>>(bytes);
    refuse<std::forward_list<int>>(bytes);
    refuse<std::set<int>>(bytes);
    refuse<std::map<int, int>>(bytes);
    refuse<std::unordered_map<int, int>>(bytes);
    refuse<std::vector<std::monostate>>(bytes);
    refuse<std::queue<int>>(bytes);
  }
}

TEST_CASE("a length of elements too large for the bytes left is refused") {
  refuse<std::vector<double>>(length(100, 100));
  refuse<std::u32string>(length(100, 100));
  refuse<std::vector<std::array<int, 100>>>(length(100, 100));
}

TEST_CASE("the same length in many places does not multiply memory") {
  byte_buffer bytes;
  for (int i = 0; i < 200; ++i)
    bytes.put(std::uint64_t{40});
  refuse<std::vector<std::vector<std::vector<std::vector<std::string>>>>>(bytes);
  refuse<std::vector<tree>>(bytes);
}

TEST_CASE("flags other than 0 and 1 are refused") {
  byte_buffer bytes;
  bytes.put(std::uint32_t{0x02020202});
  refuse<bool>(bytes);
  refuse<std::optional<char>>(bytes);
  refuse<std::unique_ptr<char>>(bytes);
  refuse<std::array<bool, 2>>(bytes);
  refuse<std::variant<char, bool>>(bytes);
}

TEST_CASE("a pointer to a shared object of another type is refused") {
  using sent = std::pair<std::shared_ptr<std::uint64_t>, std::shared_ptr<std::uint64_t>>;
  using wanted = std::pair<std::shared_ptr<std::uint64_t>, std::shared_ptr<std::string>>;
  const auto number = std::make_shared<std::uint64_t>(5);
  byte_buffer bytes;
  detail::encode(bytes, sent{number, number});
  refuse<wanted>(bytes);
}

TEST_CASE("a pointer to a shared object that was never sent is refused") {
  byte_buffer bytes;
  bytes.put(detail::shared_form::reference);
  bytes.put(std::uint32_t{7});
  refuse<std::shared_ptr<int>>(bytes);
}

TEST_CASE("nesting without end is refused") {
  byte_buffer bytes;
  for (int i = 0; i < 100'000; ++i)
    bytes.put(std::uint8_t{1});
  struct chain {
    std::unique_ptr<chain> next{};
  };
  refuse<chain>(bytes);
}

TEST_CASE("what a type's own function throws while loading is a decode_error") {
  byte_buffer bytes;
  detail::encode(bytes, picky{});
  refuse<picky>(bytes);
  refuse<std::vector<picky>>(length(1, 8));
}

TEST_CASE("deferred members arrive, and are refused when they are cut off") {
  const auto bytes = encoded(deferring{"abc"});
  byte_reader whole{bytes};
  CHECK(detail::decode<deferring>(whole).text == "abc");
  byte_reader cut{std::span{bytes}.first(bytes.size() - 1)};
  CHECK_THROWS_AS(detail::decode<deferring>(cut), decode_error);
}

TEST_CASE("damaged containers end in a value or in decode_error") {
  using nested = std::map<std::string, std::vector<std::optional<std::string>>>;
  survive_as(std::vector<int>{1, 2, 3, 4, 5});
  survive_as(std::vector<std::string>{"a", "bcd", "", "efghijklmnopqrstuvwxyz"});
  survive_as(nested{{"a", {"b", {}}}, {"cc", {}}});
  survive_as(std::unordered_map<int, std::string>{{1, "a"}, {2, "b"}});
  survive_as(std::vector<bool>{true, false, true});
  survive_as(std::list<std::monostate>(5));
}

TEST_CASE("damaged aggregates and choices end in a value or in decode_error") {
  survive_as(std::vector<shape>{{1, true, "round", {1, 2}}, {2, false, "square", {}}});
  survive_as(std::variant<int, std::string, shape>{shape{1, true, "x", {1}}});
  survive_as(std::tuple<bool, std::optional<double>, std::string>{true, 1.5, "x"});
  survive_as(sample_tree());
}

TEST_CASE("damaged pointers and classes end in a value or in decode_error") {
  const auto text = std::make_shared<std::string>("shared");
  const auto number = std::make_shared<int>(7);
  survive_as(std::tuple{text, number, text, number, std::make_shared<std::string>("more")});
  survive_as(std::vector<saved_by_hand>(2, saved_by_hand{"abc", {{1, "one"}, {2, "two"}}}));
  survive_as(std::bitset<100>{"10101"});
}

TEST_CASE("damaged failures end in a failure or in decode_error") {
  byte_buffer bytes;
  try {
    throw worker_lost{{.pid = 4, .signal = 9, .process_name = "w", .stderr_tail = "bang"}};
  } catch (...) {
    REQUIRE(detail::encode_current_exception(bytes));
  }
  survive(copy_of(bytes), [](byte_reader& in) { detail::decode_failure(in, 3); });
}

TEST_CASE("damaged callables end in a call of the right type or in decode_error") {
  const callable original =
      troupe::bind_front([](const std::string&, std::vector<int>) {}, "abc", std::vector<int>{1, 2, 3});
  byte_buffer bytes;
  original.encode(bytes);
  survive(copy_of(bytes), [](byte_reader& in) { callable::decode_and_call(in); });
}
