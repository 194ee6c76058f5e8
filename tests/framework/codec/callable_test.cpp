// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/callable.hpp>
#include <troupe/exceptions.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <functional>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

using namespace troupe;
using detail::byte_buffer;
using detail::byte_reader;
using detail::parameter_t;

namespace {

int square(int x) { return x * x; }
double scale(double factor, const double& x) noexcept { return factor * x; }
int length_of(std::string_view text) { return static_cast<int>(text.size()); }
char first_of(const char* text) { return text[0]; }
int sum(std::span<const int> numbers) { return std::accumulate(numbers.begin(), numbers.end(), 0); }
int take(std::unique_ptr<int> number) { return *number; }
std::string& append(std::string& text, const std::string& more) { return text += more; }
void nothing() {}
int concatenate(int a, int b, int c) { return 100 * a + 10 * b + c; }

struct adder {
  int amount;
  int operator()(int x) const { return x + amount; }
};

class prefixer {
 public:
  prefixer() = default;
  explicit prefixer(std::string prefix) : prefix_{std::move(prefix)} {}
  std::string operator()(const std::string& text) { return prefix_ + text; }
  template <class Archive>
  void serialize(Archive& archive) {
    archive(prefix_);
  }

 private:
  std::string prefix_;
};

struct overloaded {
  int operator()(int) const { return 1; }
  int operator()(const std::string&) const { return 2; }
};

/// What F is on the other side.
template <class F>
F sent(const F& f) {
  byte_buffer bytes;
  detail::encode_callable(bytes, f);
  byte_reader in{bytes.view()};
  F arrived = detail::decode_callable<F>(in);
  REQUIRE(in.remaining() == 0);
  return arrived;
}

template <class F, std::size_t... i, class... Args>
auto call_there(std::index_sequence<i...>, F f, Args&&... args) {
  byte_buffer bytes;
  (detail::encode_argument<parameter_t<F, i, Args>>(bytes, std::forward<Args>(args)), ...);
  byte_reader in{bytes.view()};
  std::tuple values{detail::decode<parameter_t<F, i, Args>>(in)...};
  auto arrived = sent(f);
  using result = std::remove_cvref_t<decltype(detail::call_with(arrived, std::get<i>(values)...))>;
  STATIC_REQUIRE(std::is_same_v<call_result_t<F, Args...>, result>);
  return result(detail::call_with(arrived, std::get<i>(values)...));
}

/// Calls f as another process would.
template <class F, class... Args>
auto call_there(F f, Args&&... args) {
  return call_there(std::index_sequence_for<Args...>{}, std::move(f), std::forward<Args>(args)...);
}

int runs = 0;
void run_with(const std::string& text, int number) { runs += static_cast<int>(text.size()) + number; }

void run_there(const callable& f) {
  byte_buffer bytes;
  f.encode(bytes);
  byte_reader in{bytes.view()};
  callable::decode_and_call(in);
  REQUIRE(in.remaining() == 0);
}

} // namespace

TEST_CASE("a function can be called in another process") {
  CHECK(call_there(square, 5) == 25);
  CHECK(call_there(&scale, 2, 3) == 6.0);
}

TEST_CASE("a lambda without captures can be called in another process") {
  CHECK(call_there([](int x) { return x + 1; }, 5) == 6);
  CHECK(call_there([](int x) mutable noexcept { return ++x; }, 5) == 6);
  byte_buffer bytes;
  detail::encode_callable(bytes, [](int) {});
  CHECK(bytes.size() == 0);
}

TEST_CASE("a generic callable takes what it is given, texts as std::string") {
  CHECK(call_there([](auto x) { return x + x; }, 21) == 42);
  CHECK(call_there([](const auto& a, auto b) { return a + b; }, "x", std::string{"y"}) == "xy");
  CHECK(call_there([](auto& x) { return x.size(); }, "abc") == 3);
  CHECK(call_there(overloaded{}, 1) == 1);
  CHECK(call_there(overloaded{}, "one") == 2);
}

TEST_CASE("a function object takes its state along") {
  CHECK(call_there(adder{4}, 3) == 7);
  CHECK(call_there(prefixer{"pre"}, "fix") == "prefix");
  CHECK(call_there(std::plus<int>{}, 3, 4) == 7);
  CHECK(call_there(std::plus<>{}, 3, 4) == 7);
}

TEST_CASE("arguments become the parameter's type before they travel") {
  STATIC_REQUIRE(std::is_same_v<parameter_t<double (*)(double, const double&) noexcept, 1, int>, double>);
  STATIC_REQUIRE(std::is_same_v<parameter_t<int(std::string_view), 0, const char*>, std::string>);
  STATIC_REQUIRE(std::is_same_v<parameter_t<overloaded, 0, const char(&)[4]>, std::string>);
  STATIC_REQUIRE(std::is_same_v<parameter_t<overloaded, 0, const int&>, int>);
}

TEST_CASE("a parameter that only looks at its argument gets one that owns it") {
  CHECK(call_there(length_of, "abcd") == 4);
  CHECK(call_there(length_of, std::string(1000, 'x')) == 1000);
  CHECK(call_there(first_of, "abc") == 'a');
  CHECK(call_there(sum, std::vector<int>{1, 2, 3}) == 6);
  CHECK(call_there(sum, std::array<int, 2>{1, 2}) == 3);
}

TEST_CASE("arguments can be moved into the call, or changed in it") {
  CHECK(call_there(take, std::make_unique<int>(3)) == 3);
  CHECK(call_there(append, "a", "b") == "ab");
  CHECK(call_there([](std::string&& text) { return std::move(text); }, "x") == "x");
}

TEST_CASE("the result of a call is a value") {
  STATIC_REQUIRE(std::is_same_v<call_result_t<decltype(append), std::string, const char*>, std::string>);
  STATIC_REQUIRE(std::is_same_v<call_result_t<decltype(nothing)>, void>);
  STATIC_REQUIRE(std::is_same_v<call_result_t<const int& (*)(const int&), int>, int>);
}

TEST_CASE("bound values come first, in order") {
  CHECK(call_there(troupe::bind_front(scale, 2), 4) == 8.0);
  CHECK(call_there(troupe::bind_front(concatenate, 1, 2), 3) == 123);
  CHECK(call_there(troupe::bind_front(troupe::bind_front(concatenate, 1), 2), 3) == 123);
  CHECK(call_there(troupe::bind_front(concatenate, 1, 2, 3)) == 123);
  CHECK(call_there(troupe::bind_front(square), 3) == 9);
}

TEST_CASE("values can be bound to any callable") {
  CHECK(call_there(troupe::bind_front([](auto a, auto b) { return a + b; }, "x"), "y") == "xy");
  CHECK(call_there(troupe::bind_front(length_of, "abcd")) == 4);
  CHECK(call_there(troupe::bind_front(first_of, "abcd")) == 'a');
  CHECK(call_there(troupe::bind_front(adder{3}, 4)) == 7);
  CHECK(call_there(troupe::bind_front(sum, std::vector<int>{1, 2})) == 3);
}

TEST_CASE("a bound callable can be called here too, and more than once") {
  const auto twice = troupe::bind_front(scale, 2);
  CHECK(twice(3) == 6.0);
  CHECK(twice(4) == 8.0);
  auto arrived = sent(troupe::bind_front([](std::string text, int) { return text; }, "kept"));
  CHECK(arrived(1) == "kept");
  CHECK(arrived(2) == "kept");
}

TEST_CASE("bound values have the types of the parameters") {
  using expected = detail::bound<double (*)(double, const double&) noexcept, double>;
  STATIC_REQUIRE(std::is_same_v<decltype(troupe::bind_front(scale, 2)), expected>);
  STATIC_REQUIRE(std::is_same_v<parameter_t<expected, 0, int>, double>);
}

TEST_CASE("a lambda can be sent with its captures on the caller's word") {
  const int k = 3;
  const double d = 0.5;
  CHECK(call_there(by_value([k, d](int x) { return k * x + d; }), 4) == 12.5);
  CHECK(call_there(troupe::bind_front(by_value([k](int x, int y) { return k * x + y; }), 4), 1) == 13);
  CHECK(call_there(by_value([k](auto x) { return x + k; }), 1) == 4);
}

TEST_CASE("the concept says what can be sent and called") {
  const int k = 3;
  const std::string text;
  const auto captures = [k] { return k; };
  STATIC_REQUIRE(sendable_callable<int(int)>);
  STATIC_REQUIRE(sendable_callable<adder>);
  STATIC_REQUIRE(sendable_callable<decltype([] {})>);
  STATIC_REQUIRE(sendable_callable<decltype(by_value(captures))>);
  STATIC_REQUIRE_FALSE(sendable_callable<decltype(captures)>);
  STATIC_REQUIRE_FALSE(sendable_callable<std::function<void()>>);
  STATIC_REQUIRE_FALSE(sendable_callable<int (adder::*)(int) const>);
  STATIC_REQUIRE_FALSE(sendable_callable<int>);
  CHECK(captures() == 3);
}

TEST_CASE("a null function is refused by the sender") {
  int (*none)(int) = nullptr;
  byte_buffer bytes;
  CHECK_THROWS_AS(detail::encode_callable(bytes, none), usage_error);
}

TEST_CASE("a function of another type is refused by the receiver") {
  byte_buffer bytes;
  detail::encode_callable(bytes, &square);
  byte_reader in{bytes.view()};
  CHECK_THROWS_AS(detail::decode_callable<int (*)(std::string_view)>(in), decode_error);
}

TEST_CASE("an erased callable runs what it was made of") {
  runs = 0;
  run_there(troupe::bind_front(run_with, "ab", 3));
  CHECK(runs == 5);
  run_there([] { runs = 9; });
  CHECK(runs == 9);
  run_there(nothing);
  run_there([] { return 3; });
}

TEST_CASE("an erased callable can be empty, copied and replaced") {
  callable f;
  CHECK_FALSE(f);
  f = nothing;
  CHECK(f);
  const auto copy = f;
  f = {};
  CHECK_FALSE(f);
  run_there(copy);
}
