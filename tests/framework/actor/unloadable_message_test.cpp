// SPDX-License-Identifier: BSD-3-Clause
// Messages that can be saved here and do not load there: their sender's doing, so they end nobody.
#include "support/in_runtime.hpp"

#include <stdexcept>

using namespace test_support;

namespace {

struct celsius {
  double degrees = 0;
  template <class Archive>
  void save(Archive& archive) const {
    archive(degrees);
  }
  template <class Archive>
  void load(Archive& archive) {
    archive(degrees);
    if (degrees < -273.15)
      throw std::range_error{"below absolute zero"};
  }
};

class thermometer final : public troupe::actor {
 public:
  int note(const celsius& /*now*/) { return ++noted_; }
  int noted() const { return noted_; }
  void fail(const celsius& /*now*/) { throw std::range_error{"broken"}; }

 private:
  int noted_ = 0;
};

constexpr celsius impossible{-300};
constexpr celsius warm{20};

} // namespace

TEST_CASE("a tell that does not load is dropped, an ask that does not load fails, and the actor goes on") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto there = rt.spawn<thermometer>({.place = troupe::own_process});
    there.tell<&thermometer::note>(impossible);
    there.tell<&thermometer::note>(warm);
    CHECK_THROWS(there.ask<&thermometer::note>(impossible).get(10s));
    CHECK(there.ask<&thermometer::noted>().get(10s) == 1);
    there.tell<&thermometer::fail>(warm); // what its own handler throws still ends it
    CHECK(there.when_down().get(10s).kind == troupe::exit_kind::exception);
  });
}

TEST_CASE("a published value that does not load ends no subscriber") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto there = rt.spawn<thermometer>({.place = troupe::own_process});
    const troupe::topic<celsius> weather{rt};
    weather.subscribe<&thermometer::note>(there);
    weather.publish(impossible);
    weather.publish(warm);
    CHECK(eventually(10s, [&] { return there.ask<&thermometer::noted>().get(10s) == 1; }));
    CHECK(weather.subscribers().get(10s) == 1);
  });
}
