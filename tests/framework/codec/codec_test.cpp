// SPDX-License-Identifier: BSD-3-Clause
#include "framework/codec/round_trip.hpp"

#include <troupe/exceptions.hpp>

#include <cereal/types/valarray.hpp>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <stdexcept>

using namespace troupe;
using namespace troupe::test_codec;
using namespace std::chrono_literals;

namespace {

enum class colour : std::uint16_t { red, green = 700 };
enum class answer : bool { no, yes };

struct thrower {
  thrower() = default;
  thrower(const thrower&) { throw std::runtime_error{"no copy"}; }
  thrower& operator=(const thrower&) = default;
  template <class Archive>
  void serialize(Archive&) {}
};

} // namespace

TEST_CASE("numbers, characters, booleans and enums arrive as they were") {
  check_round_trip(std::numeric_limits<std::int64_t>::min());
  check_round_trip(std::uint8_t{255});
  check_round_trip('x');
  check_round_trip(u8'x');
  check_round_trip(L'x');
  check_round_trip(true);
  check_round_trip(-0.1F);
  check_round_trip(1e300L);
  check_round_trip(colour::green);
  check_round_trip(answer::yes);
  check_round_trip(std::byte{3});
  CHECK(std::isnan(round_trip(std::numeric_limits<double>::quiet_NaN())));
}

TEST_CASE("strings of all kinds arrive, with their zeros") {
  check_round_trip(std::string{});
  check_round_trip(std::string("a\0b", 3));
  check_round_trip(std::wstring{L"wide"});
  check_round_trip(std::u16string{u"sixteen"});
  check_round_trip(std::string(100'000, 'x'));
}

TEST_CASE("sequences arrive in order") {
  check_round_trip(std::vector<int>{});
  check_round_trip(std::vector<int>{1, 2, 3});
  check_round_trip(std::vector<std::string>{"a", "", "bc"});
  check_round_trip(std::vector<bool>{true, false, true});
  check_round_trip(std::vector<std::vector<double>>{{1.5}, {}, {2, 3}});
  check_round_trip(std::deque<int>{3, 1, 2});
  check_round_trip(std::list<std::string>{"x", "y"});
  check_round_trip(std::forward_list<int>{1, 2, 3});
  check_round_trip(std::array<short, 3>{1, 2, 3});
  check_round_trip(std::array<std::string, 2>{"a", "b"});
  check_round_trip(std::array<int, 0>{});
}

TEST_CASE("sets and maps arrive whole") {
  check_round_trip(std::set<int>{3, 1});
  check_round_trip(std::multiset<std::string>{"a", "a"});
  check_round_trip(std::map<std::string, std::vector<int>>{{"a", {1}}, {"b", {}}});
  check_round_trip(std::multimap<int, char>{{1, 'a'}, {1, 'b'}});
  check_round_trip(std::unordered_set<int>{1, 2, 3});
  check_round_trip(std::unordered_multiset<int>{1, 1});
  check_round_trip(std::unordered_map<std::string, int>{{"a", 1}, {"b", 2}});
  check_round_trip(std::unordered_multimap<int, int>{{1, 2}, {1, 3}});
}

TEST_CASE("products and choices arrive with the parts they hold") {
  check_round_trip(std::pair<int, std::string>{1, "x"});
  check_round_trip(std::tuple<int, std::string, bool>{1, "x", true});
  check_round_trip(std::tuple<>{});
  check_round_trip(std::optional<std::string>{"x"});
  check_round_trip(std::optional<std::string>{});
  check_round_trip(std::optional<std::optional<int>>{std::optional<int>{}});
  check_round_trip(std::variant<int, std::string>{"x"});
  check_round_trip(std::variant<std::monostate, int>{});
}

TEST_CASE("times, complex numbers and bit sets arrive") {
  check_round_trip(1500ms);
  check_round_trip(std::chrono::duration<double>{0.25});
  check_round_trip(std::chrono::system_clock::now());
  check_round_trip(std::complex<double>{1, -2});
  check_round_trip(std::vector<std::complex<float>>{{1, 2}, {3, 4}});
  check_round_trip(std::bitset<70>{"1011"});
}

TEST_CASE("paths arrive, also those that are no text") {
  using std::filesystem::path;
  check_round_trip(path{});
  check_round_trip(path{"/usr/include/../share"});
  check_round_trip(path{"not utf-8: \xff"});
  check_round_trip(std::map<path, int>{{"a/b", 1}, {"a/c", 2}});
}

TEST_CASE("types for which only Cereal has functions arrive") {
  const std::valarray<int> numbers{1, 2, 3};
  CHECK((round_trip(numbers) == numbers).min());
  const std::valarray<std::string> texts{"a", "b"};
  CHECK((round_trip(texts) == texts).min());
  check_round_trip(std::queue<int>{std::deque{1, 2}});
  check_round_trip(std::stack<std::string>{std::deque<std::string>{"a", "b"}});
  auto priorities = round_trip(std::priority_queue<int>{std::less<int>{}, std::vector{1, 3, 2}});
  CHECK(priorities.size() == 3);
  CHECK(priorities.top() == 3);
}

TEST_CASE("an atomic can be loaded in place") {
  detail::byte_buffer bytes;
  detail::encode(bytes, std::atomic<int>{7});
  detail::byte_reader in{bytes.view()};
  std::atomic<int> arrived{0};
  detail::decode_into(in, arrived);
  CHECK(arrived == 7);
}

TEST_CASE("elements without contents are counted") {
  CHECK(round_trip(std::vector<std::monostate>(1000)).size() == 1000);
  CHECK(round_trip(std::list<std::tuple<>>(3)).size() == 3);
}

TEST_CASE("loading replaces what was there") {
  detail::byte_buffer bytes;
  detail::encode(bytes, std::pair{std::vector<std::string>{"a"}, std::map<int, int>{{1, 2}}});
  detail::byte_reader in{bytes.view()};
  std::pair<std::vector<std::string>, std::map<int, int>> value{{"old", "old"}, {{1, 1}, {9, 9}}};
  detail::decode_into(in, value);
  CHECK(value.first == std::vector<std::string>{"a"});
  CHECK(value.second == std::map<int, int>{{1, 2}});
}

TEST_CASE("numbers at odd places in a message arrive") {
  check_round_trip(std::tuple<char, std::vector<double>, std::string, std::vector<int>>{
      'x', {1.5, 2.5}, "abc", {1, 2, 3}});
}

TEST_CASE("a variant that lost its value cannot be sent") {
  std::variant<int, thrower> value{1};
  const thrower original;
  CHECK_THROWS(value.emplace<1>(original));
  REQUIRE(value.valueless_by_exception());
  detail::byte_buffer bytes;
  CHECK_THROWS_AS(detail::encode(bytes, value), usage_error);
}
