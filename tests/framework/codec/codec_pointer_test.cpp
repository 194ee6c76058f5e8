// SPDX-License-Identifier: BSD-3-Clause
#include "framework/codec/round_trip.hpp"

#include <troupe/exceptions.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace troupe;
using namespace troupe::test_codec;

namespace {

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

struct ring_of_two {
  int value = 0;
  std::shared_ptr<ring_of_two> other{};
};

} // namespace

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

TEST_CASE("values can be sent 512 levels deep, and the sender is told at the next one") {
  CHECK_NOTHROW(round_trip(chain_of(511)));
  detail::byte_buffer bytes;
  CHECK_THROWS_AS(detail::encode(bytes, chain_of(512)), usage_error);
  tree deep;
  for (int i = 0; i < 512; ++i)
    deep = tree{i, {deep}};
  CHECK_THROWS_AS(detail::encode(bytes, deep), usage_error);
}
