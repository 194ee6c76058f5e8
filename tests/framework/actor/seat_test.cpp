// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/endpoint.hpp>
#include <troupe/detail/seat.hpp>
#include <troupe/test.hpp>

#include <catch2/catch.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace troupe::detail;

namespace {

class sitter final : public troupe::actor {};

/// Writes down what becomes of it.
class recorded final : public held_message {
 public:
  recorded(
      std::string name, std::vector<std::string>& log,
      std::function<void(const endpoint&)> while_sent = [](const endpoint&) {})
      : name_{std::move(name)}, log_{log}, while_sent_{std::move(while_sent)} {}
  void send(const endpoint& to) override {
    log_.push_back(name_ + " sent");
    while_sent_(to);
  }
  void refuse(const troupe::failure&) noexcept override { log_.push_back(name_ + " refused"); }

 private:
  std::string name_;
  std::vector<std::string>& log_;
  std::function<void(const endpoint&)> while_sent_;
};

using lines = std::vector<std::string>;

/// A vacant seat, and two who may sit there.
struct fixture {
  troupe::test::stage stage;
  std::shared_ptr<endpoint> first = stage.spawn<sitter>().internals();
  std::shared_ptr<endpoint> second = stage.spawn<sitter>().internals();
  seat place{{0, first_seat_number}, *first->system(), {}};
  lines log;

  void send(std::string name) { place.send(std::make_unique<recorded>(std::move(name), log), true); }
  void send(std::string name, std::function<void(const endpoint&)> while_sent) {
    place.send(std::make_unique<recorded>(std::move(name), log, std::move(while_sent)), true);
  }
};

} // namespace

TEST_CASE("messages wait for the one who takes the seat, and go to it in order") {
  fixture f;
  f.send("a");
  f.send("b");
  CHECK(f.log.empty());
  f.place.occupy(f.first);
  f.send("c");
  CHECK(f.log == lines{"a sent", "b sent", "c sent"});
  CHECK(f.place.occupant() == f.first);
}

TEST_CASE("who ends at a message that had waited for it gets no other: they wait for its successor") {
  fixture f;
  f.send("fatal", [&f](const endpoint& to) { f.place.vacate(to.id()); });
  f.send("next");
  f.place.occupy(f.first);
  CHECK(f.log == lines{"fatal sent"});
  CHECK(f.place.occupant() == nullptr);
  f.place.occupy(f.second);
  CHECK(f.log == lines{"fatal sent", "next sent"});
  CHECK(f.place.occupant() == f.second);
}

TEST_CASE("what is sent while others are handed over comes after them") {
  fixture f;
  f.send("a", [&f](const endpoint&) { f.send("c"); });
  f.send("b");
  f.place.occupy(f.first);
  CHECK(f.log == lines{"a sent", "b sent", "c sent"});
}

TEST_CASE("the end of a predecessor does not vacate the seat") {
  fixture f;
  f.place.occupy(f.first);
  f.place.vacate(f.first->id());
  f.place.occupy(f.second);
  f.place.vacate(f.first->id());
  CHECK(f.place.occupant() == f.second);
}

TEST_CASE("a seat that is closed refuses what waits and what comes, until it is taken again") {
  fixture f;
  f.send("a");
  f.place.close({.kind = troupe::exit_kind::stopped});
  f.send("b");
  CHECK(f.log == lines{"a refused", "b refused"});
  f.place.occupy(f.second);
  f.send("c");
  CHECK(f.log == lines{"a refused", "b refused", "c sent"});
}
