// SPDX-License-Identifier: BSD-3-Clause
#include "framework/codec/round_trip.hpp"

#include <troupe/detail/aggregate.hpp>

#include <any>
#include <functional>
#include <string>
#include <type_traits>

using namespace troupe::test_codec;
using troupe::sendable;
using troupe::detail::is_blittable;
using troupe::detail::member_count;
using troupe::detail::member_types;
using troupe::detail::plain_aggregate;
using troupe::detail::type_list;

namespace {

struct nothing {
  bool operator==(const nothing&) const = default;
};
struct point {
  double x = 0;
  double y = 0;
  bool operator==(const point&) const = default;
};
struct padded {
  char c = 0;
  int i = 0;
  bool operator==(const padded&) const = default;
};
struct segment {
  point from;
  point to;
  std::string label;
  bool operator==(const segment&) const = default;
};
struct arrays {
  std::array<int, 4> fixed;
  int matrix[2][3];
  std::string names[2];
  double last;
  bool operator==(const arrays&) const = default;
};
struct containers {
  std::vector<segment> segments;
  std::map<std::string, point> places;
  std::optional<segment> maybe;
  std::variant<int, point> either;
  std::tuple<int, std::string> both;
  nothing none;
  bool flag;
  bool operator==(const containers&) const = default;
};
struct only_text {
  std::string text;
  bool operator==(const only_text&) const = default;
};
struct only_optional {
  std::optional<int> number;
  bool operator==(const only_optional&) const = default;
};
struct wide {
  int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p;
  std::string q, r, s, t, u, v, w, x, y, z, a1, b1, c1, d1, e1, f1;
  bool operator==(const wide&) const = default;
};
struct too_wide {
  wide first;
  int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, a1, b1, c1, d1, e1, f1;
};
struct from_base : point {
  int more = 0;
};
struct with_reference {
  int& reference;
  int value;
};
struct with_const {
  const int constant;
};
struct greedy {
  std::any anything;
  std::function<void()> function;
  std::optional<std::optional<int>> nested;
};
struct big_block {
  char bytes[8192];
  int after;
};
struct name_record {
  char name[64];
  int number;
};
struct needs_value {
  explicit needs_value(int v) : value{v} {}
  bool operator==(const needs_value&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(value);
  }
  template <class Archive>
  static void load_and_construct(Archive& archive, cereal::construct<needs_value>& construct) {
    int value = 0;
    archive(value);
    construct(value);
  }
  int value;
};
struct without_default {
  needs_value first;
  std::string second;
  needs_value third;
  bool operator==(const without_default&) const = default;
};
struct list_node {
  int value = 0;
  std::unique_ptr<list_node> next{};
};
struct list_node_with_pointer {
  std::unique_ptr<list_node_with_pointer> next{};
  int* raw = nullptr;
};
struct with_own_serialize {
  int kept = 0;
  int forgotten = 0;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(kept);
  }
};
enum class state : std::uint8_t { off, on };
struct switches {
  state states[3];
  std::chrono::seconds since;
  bool operator==(const switches&) const = default;
};
union either_way {
  int i;
  float f;
};

} // namespace

TEST_CASE("the members of an aggregate are counted") {
  STATIC_REQUIRE(member_count<nothing> == 0);
  STATIC_REQUIRE(member_count<point> == 2);
  STATIC_REQUIRE(member_count<only_text> == 1);
  STATIC_REQUIRE(member_count<only_optional> == 1);
  STATIC_REQUIRE(member_count<wide> == 32);
  STATIC_REQUIRE(member_count<greedy> == 3);
  STATIC_REQUIRE(member_count<list_node> == 2);
  STATIC_REQUIRE(member_count<without_default> == 3);
}

TEST_CASE("a C array counts as one member") {
  STATIC_REQUIRE(member_count<arrays> == 4);
  STATIC_REQUIRE(member_count<big_block> == 2);
  STATIC_REQUIRE(member_count<name_record> == 2);
  using expected = type_list<std::array<int, 4>, int[2][3], std::string[2], double>;
  STATIC_REQUIRE(std::is_same_v<member_types<arrays>, expected>);
}

TEST_CASE("what cannot be taken apart is no plain aggregate") {
  STATIC_REQUIRE_FALSE(plain_aggregate<from_base>);
  STATIC_REQUIRE_FALSE(plain_aggregate<with_reference>);
  STATIC_REQUIRE_FALSE(plain_aggregate<too_wide>);
  STATIC_REQUIRE_FALSE(plain_aggregate<std::string>);
  STATIC_REQUIRE_FALSE(plain_aggregate<either_way>);
}

TEST_CASE("an aggregate is sendable if each of its members is") {
  STATIC_REQUIRE(sendable<containers>);
  STATIC_REQUIRE(sendable<list_node>);
  STATIC_REQUIRE(sendable<wide>);
  STATIC_REQUIRE_FALSE(sendable<list_node_with_pointer>);
  STATIC_REQUIRE_FALSE(sendable<with_const>);
  STATIC_REQUIRE_FALSE(sendable<greedy>);
  STATIC_REQUIRE_FALSE(sendable<std::vector<too_wide>>);
}

TEST_CASE("aggregates arrive without boilerplate") {
  check_round_trip(nothing{});
  check_round_trip(point{1, 2});
  check_round_trip(padded{'x', 7});
  check_round_trip(segment{{1, 2}, {3, 4}, "abc"});
  check_round_trip(only_text{"x"});
  check_round_trip(only_optional{5});
  check_round_trip(switches{{state::on, state::off, state::on}, std::chrono::seconds{3}});
  wide many{};
  many.a = 1;
  many.f1 = "last";
  check_round_trip(many);
}

TEST_CASE("aggregates with arrays arrive") {
  check_round_trip(arrays{{1, 2, 3, 4}, {{1, 2, 3}, {4, 5, 6}}, {"a", "b"}, 0.5});
  const auto record = round_trip(name_record{"ann", 3});
  CHECK(record.name == std::string{"ann"});
  CHECK(record.number == 3);
}

TEST_CASE("aggregates arrive inside containers, and containers inside aggregates") {
  const segment s{{1, 2}, {3, 4}, "abc"};
  check_round_trip(containers{{s, s}, {{"here", {1, 2}}}, s, point{5, 6}, {1, "x"}, {}, true});
  check_round_trip(std::vector<point>{{1, 2}, {3, 4}});
  check_round_trip(std::map<int, std::vector<segment>>{{1, {s}}});
  check_round_trip(std::vector<nothing>(3));
}

TEST_CASE("an aggregate whose members have no default constructor arrives") {
  check_round_trip(without_default{needs_value{1}, "x", needs_value{2}});
  check_round_trip(std::vector<without_default>{{needs_value{1}, "x", needs_value{2}}});
}

TEST_CASE("a recursive aggregate arrives") {
  list_node list{1, std::make_unique<list_node>(list_node{2, nullptr})};
  const auto arrived = round_trip(list);
  CHECK(arrived.value == 1);
  REQUIRE(arrived.next);
  CHECK(arrived.next->value == 2);
  CHECK_FALSE(arrived.next->next);
}

TEST_CASE("an aggregate's own serialize() has precedence") {
  const auto arrived = round_trip(with_own_serialize{1, 2});
  CHECK(arrived.kept == 1);
  CHECK(arrived.forgotten == 0);
}

TEST_CASE("only objects without padding and without flags travel as raw bytes") {
  STATIC_REQUIRE(is_blittable<point>());
  STATIC_REQUIRE(is_blittable<switches>() == false); // three bytes, then padding
  STATIC_REQUIRE(is_blittable<std::array<point, 3>>());
  STATIC_REQUIRE(is_blittable<name_record>());
  STATIC_REQUIRE_FALSE(is_blittable<padded>());
  STATIC_REQUIRE_FALSE(is_blittable<bool>());
  STATIC_REQUIRE_FALSE(is_blittable<with_own_serialize>());
  STATIC_REQUIRE_FALSE(is_blittable<nothing>());
}
