// SPDX-License-Identifier: BSD-3-Clause
#include "framework/codec/round_trip.hpp"

#include <troupe/exceptions.hpp>

#include <cereal/types/functional.hpp>
#include <cereal/types/valarray.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>

using namespace troupe;
using namespace troupe::test_codec;
using namespace std::chrono_literals;

namespace {

enum class colour : std::uint16_t { red, green = 700 };
enum class answer : bool { no, yes };

/// A class with the functions Cereal asks for.
class account {
 public:
  account() = default;
  account(std::string owner, long balance) : owner_{std::move(owner)}, balance_{balance} {}
  bool operator==(const account&) const = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(owner_), cereal::make_nvp("balance", balance_));
  }

 private:
  std::string owner_;
  long balance_ = 0;
};

/// Saves and loads by different functions, one outside the class.
struct celsius {
  explicit celsius(double d = 0) : degrees{d} {}
  bool operator==(const celsius&) const = default;
  double degrees;
};
template <class Archive>
void save(Archive& archive, const celsius& c) {
  archive(c.degrees * 2);
}
template <class Archive>
void load(Archive& archive, celsius& c) {
  archive(c.degrees);
  c.degrees /= 2;
}

/// Saved as the string it is equivalent to.
struct version_text {
  version_text() = default;
  version_text(int a, int b) : major_part{a}, minor_part{b} {}
  bool operator==(const version_text&) const = default;
  template <class Archive>
  std::string save_minimal(const Archive&) const {
    return std::to_string(major_part) + "." + std::to_string(minor_part);
  }
  template <class Archive>
  void load_minimal(const Archive&, const std::string& text) {
    const auto dot = text.find('.');
    major_part = std::stoi(text.substr(0, dot));
    minor_part = std::stoi(text.substr(dot + 1));
  }
  int major_part = 0;
  int minor_part = 0;
};

/// Without default constructor.
class handle {
 public:
  explicit handle(int number) : number_{number} {}
  bool operator==(const handle&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(number_);
  }
  template <class Archive>
  static void load_and_construct(Archive& archive, cereal::construct<handle>& construct) {
    int number = 0;
    archive(number);
    construct(number);
  }

 private:
  int number_;
};

struct base {
  int b = 0;
};
class derived : public base {
 public:
  derived() = default;
  derived(int x, int y) : base{x}, d_{y} {}
  bool operator==(const derived& other) const { return b == other.b && d_ == other.d_; }
  template <class Archive>
  void serialize(Archive& archive, std::uint32_t version) {
    archive(cereal::base_class<base>(this), d_);
    version_ = version;
  }
  std::uint32_t version() const { return version_; }

 private:
  int d_ = 0;
  std::uint32_t version_ = 0;
};

struct tree {
  int value = 0;
  std::vector<tree> children{};
  bool operator==(const tree&) const = default;
};

struct chain {
  std::unique_ptr<chain> next{};
};

chain chain_of(int length) {
  chain first;
  for (auto* last = &first; length > 0; --length) {
    last->next = std::make_unique<chain>();
    last = last->next.get();
  }
  return first;
}

struct thrower {
  thrower() = default;
  thrower(const thrower&) { throw std::runtime_error{"no copy"}; }
  thrower& operator=(const thrower&) = default;
  template <class Archive>
  void serialize(Archive&) {}
};

struct ring_of_two {
  int value = 0;
  std::shared_ptr<ring_of_two> other{};
};

} // namespace

CEREAL_CLASS_VERSION(derived, 3)

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

TEST_CASE("owning pointers take what they point to along") {
  CHECK(*round_trip(std::make_unique<std::string>("x")) == "x");
  CHECK(round_trip(std::unique_ptr<int>{}) == nullptr);
  CHECK(*round_trip(std::make_unique<const int>(4)) == 4);
  std::vector<std::unique_ptr<int>> many;
  many.push_back(std::make_unique<int>(1));
  many.push_back(nullptr);
  const auto arrived = round_trip(many);
  CHECK(*arrived.at(0) == 1);
  CHECK(arrived.at(1) == nullptr);
}

TEST_CASE("what was shared is shared again, and once only in the bytes") {
  const auto text = std::make_shared<std::string>(1000, 'x');
  const std::vector<std::shared_ptr<std::string>> three{text, text, nullptr};
  const auto arrived = round_trip(three);
  CHECK(*arrived[0] == *text);
  CHECK(arrived[0] == arrived[1]);
  CHECK(arrived[2] == nullptr);
  detail::byte_buffer bytes;
  detail::encode(bytes, three);
  CHECK(bytes.size() < 1100);
}

TEST_CASE("shared objects may refer to each other in a circle") {
  auto one = std::make_shared<ring_of_two>();
  one->other = std::make_shared<ring_of_two>(ring_of_two{2, one});
  const auto arrived = round_trip(one);
  CHECK(arrived->other->value == 2);
  CHECK(arrived->other->other == arrived);
  arrived->other.reset();
  one->other.reset();
}

TEST_CASE("an object and its first member can both be shared") {
  struct outer {
    int inner = 0;
  };
  const auto whole = std::make_shared<outer>(outer{5});
  const std::shared_ptr<int> part{whole, &whole->inner};
  const auto [a, b] = round_trip(std::pair{whole, part});
  CHECK(a->inner == 5);
  CHECK(*b == 5);
}

TEST_CASE("a weak pointer arrives alive when somebody else brings its object") {
  const auto object = std::make_shared<int>(3);
  const auto [strong, weak] = round_trip(std::pair{object, std::weak_ptr<int>{object}});
  CHECK(weak.lock() == strong);
}

TEST_CASE("classes with Cereal functions arrive, in every form those have") {
  check_round_trip(account{"ann", 12});
  check_round_trip(celsius{36.6});
  check_round_trip(version_text{1, 20});
  check_round_trip(std::vector<account>{{"ann", 12}, {"bob", -3}});
  check_round_trip(std::map<std::string, celsius>{{"x", celsius{1}}});
  check_round_trip(derived{1, 2});
  CHECK(round_trip(derived{1, 2}).version() == 3);
}

TEST_CASE("a type without default constructor arrives through load_and_construct") {
  check_round_trip(handle{3});
  check_round_trip(std::vector<handle>{handle{1}, handle{2}});
  check_round_trip(std::optional<handle>{handle{1}});
  check_round_trip(std::map<int, handle>{{1, handle{2}}});
  check_round_trip(std::pair<handle, int>{handle{1}, 2});
  check_round_trip(std::tuple<handle, std::string>{handle{1}, "x"});
  check_round_trip(std::variant<handle, int>{handle{1}});
  check_round_trip(std::array<handle, 2>{handle{1}, handle{2}});
  CHECK(*round_trip(std::make_unique<handle>(7)) == handle{7});
  const auto shared = std::make_shared<handle>(8);
  const auto arrived = round_trip(std::vector{shared, shared});
  CHECK(*arrived[0] == handle{8});
  CHECK(arrived[0] == arrived[1]);
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

TEST_CASE("values can be sent 512 levels deep, and the sender is told at the next one") {
  CHECK_NOTHROW(round_trip(chain_of(511)));
  detail::byte_buffer bytes;
  CHECK_THROWS_AS(detail::encode(bytes, chain_of(512)), usage_error);
  tree deep;
  for (int i = 0; i < 512; ++i)
    deep = tree{i, {deep}};
  CHECK_THROWS_AS(detail::encode(bytes, deep), usage_error);
}

TEST_CASE("a variant that lost its value cannot be sent") {
  std::variant<int, thrower> value{1};
  const thrower original;
  CHECK_THROWS(value.emplace<1>(original));
  REQUIRE(value.valueless_by_exception());
  detail::byte_buffer bytes;
  CHECK_THROWS_AS(detail::encode(bytes, value), usage_error);
}
