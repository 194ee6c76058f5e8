// SPDX-License-Identifier: BSD-3-Clause
#include "supervision/backoff.hpp"

#include <troupe/detail/restart_intensity.hpp>
#include <troupe/exceptions.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>

using namespace std::chrono_literals;
using troupe::detail::backoff;
using troupe::detail::restart_intensity;
using troupe::detail::steady_time;

namespace {

constexpr steady_time t0{};

} // namespace

TEST_CASE("without a base no restart waits") {
  backoff pauses{{}};
  pauses.started(t0);
  CHECK(pauses.next(t0, 7) == 0ns);
  CHECK(pauses.next(t0, 7) == 0ns);
}

TEST_CASE("each pause is longer by the factor, up to the cap") {
  backoff pauses{{.base = 100ms, .factor = 2, .cap = 1s}};
  pauses.started(t0);
  for (const auto expected : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms})
    CHECK(pauses.next(t0, 0) == expected);
}

TEST_CASE("after a healthy life the pauses begin at the base again") {
  backoff pauses{{.base = 100ms, .factor = 3, .cap = 10s, .healthy = 2s}};
  pauses.started(t0);
  CHECK(pauses.next(t0 + 1s, 0) == 100ms);
  pauses.started(t0 + 2s);
  CHECK(pauses.next(t0 + 3s, 0) == 300ms);
  pauses.started(t0 + 4s);
  CHECK(pauses.next(t0 + 6s, 0) == 100ms);
}

TEST_CASE("a life as long as the cap is healthy unless something else is said") {
  backoff pauses{{.base = 100ms, .cap = 500ms}};
  pauses.started(t0);
  CHECK(pauses.next(t0, 0) == 100ms);
  pauses.started(t0);
  CHECK(pauses.next(t0 + 499ms, 0) == 200ms);
  pauses.started(t0);
  CHECK(pauses.next(t0 + 500ms, 0) == 100ms);
}

TEST_CASE("no pause is longer than the cap, whatever that is") {
  constexpr auto longest = std::numeric_limits<std::uint64_t>::max();
  backoff jittered{{.base = 1s, .cap = 1s, .jitter = 0.5}};
  CHECK(jittered.next(t0, longest) == 1s);
  backoff endless{{.base = 1s, .factor = 1e6, .cap = std::chrono::nanoseconds::max()}};
  for (const auto expected : {std::chrono::nanoseconds{1s}, std::chrono::nanoseconds{1'000'000s},
                              std::chrono::nanoseconds::max(), std::chrono::nanoseconds::max()})
    CHECK(endless.next(t0, 0) == expected);
}

TEST_CASE("jitter moves a pause both ways, by its share at most") {
  const auto pause = [](std::uint64_t random) {
    backoff pauses{{.base = 100ms, .jitter = 0.2}};
    pauses.started(t0);
    return pauses.next(t0, random);
  };
  CHECK(pause(0) == 80ms);
  CHECK(pause(~std::uint64_t{0}) <= 120ms);
  CHECK(pause(~std::uint64_t{0}) > 119ms);
  CHECK(pause(std::uint64_t{1} << 63) == 100ms);
}

TEST_CASE("a backoff that makes no sense names the field") {
  using Catch::Contains;
  CHECK_THROWS_WITH(troupe::detail::check({.base = -1ms}), Contains("base"));
  CHECK_THROWS_WITH(troupe::detail::check({.factor = 0.5}), Contains("factor"));
  CHECK_THROWS_WITH(troupe::detail::check({.base = 2s, .cap = 1s}), Contains("cap"));
  CHECK_THROWS_WITH(troupe::detail::check({.jitter = 1.5}), Contains("jitter"));
}

TEST_CASE("one restart more than the intensity within the period is one too many") {
  restart_intensity restarts{2, 5s};
  CHECK_FALSE(restarts.exceeded_by_one_at(t0));
  CHECK_FALSE(restarts.exceeded_by_one_at(t0 + 5s)); // still within the period
  CHECK(restarts.exceeded_by_one_at(t0 + 5s));
}

TEST_CASE("restarts that are longer ago than the period do not count") {
  restart_intensity restarts{1, 5s};
  CHECK_FALSE(restarts.exceeded_by_one_at(t0));
  CHECK_FALSE(restarts.exceeded_by_one_at(t0 + 5001ms));
  CHECK(restarts.exceeded_by_one_at(t0 + 6s));
}

TEST_CASE("an intensity of zero allows no restart") {
  restart_intensity restarts{0, 5s};
  CHECK(restarts.exceeded_by_one_at(t0));
}

TEST_CASE("without a period all restarts count until they are forgotten") {
  restart_intensity restarts{1, restart_intensity::without_end};
  CHECK_FALSE(restarts.exceeded_by_one_at(t0));
  restarts.forget();
  CHECK_FALSE(restarts.exceeded_by_one_at(t0 + 1h));
  CHECK(restarts.exceeded_by_one_at(t0 + 1000h));
}

TEST_CASE("a healthy life counts once, however often the next start fails") {
  backoff pauses{{.base = 100ms, .factor = 2, .cap = 1s}};
  pauses.started(t0);
  for (const auto expected : {100ms, 200ms, 400ms, 800ms})
    CHECK(pauses.next(t0 + 1h, 0) == expected);
  pauses.started(t0 + 1h);
  CHECK(pauses.next(t0 + 2h, 0) == 100ms);
}
