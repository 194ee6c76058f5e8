// SPDX-License-Identifier: BSD-3-Clause
// Results of all kinds and sizes.
#include "support/in_runtime.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

using namespace test_support;

namespace {

class no_default {
 public:
  explicit no_default(int n) : n_{n} {}
  int n() const { return n_; }
  template <class Archive>
  void save(Archive& archive) const {
    archive(n_);
  }
  template <class Archive>
  static void load_and_construct(Archive& archive, cereal::construct<no_default>& construct) {
    int n = 0;
    archive(n);
    construct(n);
  }

 private:
  int n_;
};

int fails_every(int rhythm, int x) {
  if (x % rhythm == 0)
    throw std::runtime_error{std::to_string(x)};
  return x;
}
std::unique_ptr<int> owned(int x) { return std::make_unique<int>(x); }
no_default made(int x) { return no_default{x}; }
bool even(int x) { return x % 2 == 0; }
std::string letters(int count) { return std::string(static_cast<std::size_t>(count), 'x'); }
// A period by hand, the rest by memcpy: byte by byte, under a sanitizer, it took most of this test's time.
std::vector<std::uint8_t> bytes(int count) {
  constexpr std::size_t period = 256;
  std::vector<std::uint8_t> all(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < std::min(period, all.size()); ++i)
    all[i] = static_cast<std::uint8_t>(i * 31 + all.size());
  for (std::size_t done = period; done < all.size(); done *= 2)
    std::copy_n(all.data(), std::min(done, all.size() - done), all.data() + done);
  return all;
}
std::vector<std::uint8_t> echo(const std::vector<std::uint8_t>& b) { return b; }
std::optional<std::map<std::string, int>> maybe(int x) {
  if (x == 0)
    return std::nullopt;
  return std::map<std::string, int>{{"x", x}};
}
std::variant<int, std::string> one_of(int x) {
  if (x % 2)
    return x;
  return "even";
}

// Where a result no longer fits what it travels in: a message's first buffer, a frame of the ring, the
// memory in which a worker gathers results, a gathering sent early.
const std::vector<int> boundaries = [] {
  std::vector<int> sizes{0, 1, 100, 8 << 20};
  for (int edge : {2 << 10, 4 << 10, 24 << 10, 32 << 10, 64 << 10, 128 << 10, 256 << 10, 1 << 20})
    for (int offset = -64; offset <= 64; offset += 4)
      sizes.push_back(edge + offset);
  return sizes;
}();

bool all_right(const std::vector<std::vector<std::uint8_t>>& results) {
  bool right = results.size() == boundaries.size();
  for (std::size_t i = 0; right && i < results.size(); ++i)
    right = results[i] == bytes(boundaries[i]);
  return right;
}

} // namespace

TEST_CASE("values and failures may alternate in any rhythm, in chunks of every size") {
  in_pool(60s, [](troupe::pool& pool) {
    std::vector<int> items(5000);
    std::iota(items.begin(), items.end(), 0);
    for (int rhythm : {2, 3, 100})
      for (std::size_t chunk : {0, 1, 7, 5000}) {
        CAPTURE(rhythm, chunk);
        const auto settled =
            pool.with({.chunk = chunk}).map_settled(troupe::bind_front(fails_every, rhythm), items);
        REQUIRE(settled.size() == items.size());
        CHECK(std::all_of(items.begin(), items.end(), [&](int x) {
          const auto& outcome = settled[static_cast<std::size_t>(x)];
          return x % rhythm == 0 ? !outcome && outcome.error().what() == std::to_string(x)
                                 : outcome && outcome.value() == x;
        }));
      }
  });
}

TEST_CASE("functions without a result may fail in any rhythm") {
  in_pool(20s, [](troupe::pool& pool) {
    std::vector<int> items(1000);
    std::iota(items.begin(), items.end(), 0);
    CHECK_THROWS_WITH(pool.map([](int x) { fails_every(300, x + 1); }, items), "300");
    pool.map([](int) {}, items);
  });
}

TEST_CASE("results may be movable only") {
  in_pool(20s, [](troupe::pool& pool) {
    CHECK(*pool.apply(owned, 3) == 3);
    const auto all = pool.map(owned, {1, 2, 3});
    CHECK(*all.at(2) == 3);
    int expected = 1;
    for (auto& p : pool.imap(owned, {1, 2, 3}))
      CHECK(*p == expected++);
    auto settled = pool.map_settled(owned, {4});
    CHECK(*settled[0].value() == 4);
    auto call = pool.apply_async(owned, 5);
    CHECK(*call.get(5s) == 5);
    CHECK_THROWS_AS(call.get(5s), troupe::usage_error);
    auto calls = pool.map_async(owned, {6});
    CHECK(*calls.get(5s).at(0) == 6);
    CHECK_THROWS_AS(calls.get(), troupe::usage_error);
  });
}

TEST_CASE("results need no default constructor") {
  in_pool(20s, [](troupe::pool& pool) {
    CHECK(pool.apply(made, 3).n() == 3);
    CHECK(pool.map(made, {1, 2, 3}).at(1).n() == 2);
    CHECK(pool.map_settled(made, {1, 2})[1].value().n() == 2);
    CHECK(pool.imap(made, {7}).next()->n() == 7);
    CHECK(pool.map_async(made, {8}).get(5s).at(0).n() == 8);
  });
}

TEST_CASE("results may be flags, optional, variants and maps") {
  in_pool(20s, [](troupe::pool& pool) {
    CHECK(pool.map(even, {1, 2, 3}) == std::vector<bool>{false, true, false});
    CHECK(pool.imap(even, {2}).next() == true);
    const auto maybes = pool.map(maybe, {0, 5});
    CHECK_FALSE(maybes[0]);
    CHECK(maybes[1]->at("x") == 5);
    CHECK(std::get<std::string>(pool.map(one_of, {1, 2})[1]) == "even");
  });
}

TEST_CASE("results of every size arrive whole from map, in chunks of every size") {
  in_pool(60s, [](troupe::pool& pool) {
    for (std::size_t chunk : {0, 1, 7, 1000})
      CHECK(all_right(pool.with({.chunk = chunk}).map(bytes, boundaries)));
  });
}

TEST_CASE("results of every size arrive whole from imap") {
  in_pool(60s, [](troupe::pool& pool) {
    for (std::size_t chunk : {0, 1, 7, 1000}) {
      std::vector<std::vector<std::uint8_t>> all;
      for (auto& b : pool.with({.chunk = chunk}).imap(bytes, boundaries))
        all.push_back(std::move(b));
      CHECK(all_right(all));
    }
  });
}

TEST_CASE("arguments of every size arrive whole") {
  in_pool(60s, [](troupe::pool& pool) {
    std::vector<std::vector<std::uint8_t>> items;
    for (int size : boundaries)
      items.push_back(bytes(size));
    CHECK(pool.map(echo, items) == items);
    CHECK(pool.with({.chunk = 9}).map(echo, items) == items);
    CHECK(pool.apply(echo, items.back()) == items.back());
    for (std::size_t i = 0; i < 20; ++i)
      CHECK(pool.apply(echo, items[i]) == items[i]);
  });
}

TEST_CASE("many large results wait for a slow consumer without harm") {
  in_pool(60s, [](troupe::pool& pool) {
    auto results = pool.with({.window = 16}).imap(letters, std::vector<int>(100, 1 << 20));
    int count = 0;
    while (auto s = results.next())
      count += s->size() == 1 << 20;
    CHECK(count == 100);
  });
}

TEST_CASE("the time of tasks with large results counts as busy") {
  in_pool(20s, [](troupe::pool& pool) {
    const auto slow_and_large = [](int) {
      std::this_thread::sleep_for(5ms); // sleep: a task that takes its time
      return std::vector<char>(200'000);
    };
    CHECK(pool.map(slow_and_large, std::vector<int>(20)).size() == 20);
    double busy = 0;
    for (const auto& w : pool.workers())
      busy += w.seconds_busy;
    CHECK(busy >= 0.1);
  });
}
