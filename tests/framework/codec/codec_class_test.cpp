// SPDX-License-Identifier: BSD-3-Clause
#include "framework/codec/round_trip.hpp"

#include <cstdint>
#include <string>
#include <utility>

using namespace troupe;
using namespace troupe::test_codec;

namespace {

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

} // namespace

CEREAL_CLASS_VERSION(derived, 3)

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
