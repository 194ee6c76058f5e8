// SPDX-License-Identifier: BSD-3-Clause
// What functions of the user do while the runtime saves, loads or destroys what they are part of.
#include "support/in_runtime.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <exception>
#include <optional>
#include <utility>

using namespace test_support;

namespace {

class teller final : public troupe::actor {
 public:
  int number() const { return 7; }
};
using teller_ref = troupe::actor_ref<teller>;
std::optional<teller_ref> other_process; // an actor there
pid_t program = 0;

/// The one argument that has a process killed while it is saved, and then waits for another.
struct slow_to_save {
  pid_t victim = 0;
  template <class Archive>
  void save(Archive& archive) const {
    if (::getpid() == program) {
      ::kill(victim, SIGKILL);
      for (int i = 0; i < 100; ++i)
        CHECK((*other_process).ask<&teller::number>().get(10s) == 7);
    }
    archive(victim);
  }
  template <class Archive>
  void load(Archive& archive) {
    archive(victim);
  }
};
class taker final : public troupe::actor {
 public:
  void take(slow_to_save) {}
  pid_t pid() const { return ::getpid(); }
};

/// Asks another process when it is loaded.
struct curious_error : std::exception {
  int number = 0;
  template <class Archive>
  void save(Archive& archive) const {
    archive(number);
  }
  template <class Archive>
  void load(Archive& archive) {
    archive(number);
    if (::getpid() == program)
      number = (*other_process).ask<&teller::number>().get();
  }
};
const bool registered = troupe::register_exception<curious_error>("test.curious_error");
class thrower final : public troupe::actor {
 public:
  int fail() { throw curious_error{}; }
};

class box;
std::optional<troupe::actor_ref<box>> the_box;
std::atomic<int> dropped{0};
std::atomic<bool> open{false};
/// Sends to the box when it is destroyed.
struct token {
  token() = default;
  explicit token(int n) : number{n} {}
  token(token&& other) noexcept : number{std::exchange(other.number, 0)} {}
  token& operator=(token&&) = delete;
  ~token();
  int number = 0;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(number);
  }
};
class box final : public troupe::actor {
 public:
  void hold() { open.wait(false); }
  void put(token) {}
  int number() const { return 7; }
};
token::~token() {
  if (number != 0) {
    ++dropped;
    the_box->stop();
  }
}

} // namespace

TEST_CASE("a function that saves an argument may wait while the process dies that it is for") {
  in_runtime(30s, [](troupe::runtime& rt) {
    program = ::getpid();
    other_process = rt.spawn<teller>({.place = troupe::own_process});
    for (int i = 0; i < 5; ++i) {
      const auto there = rt.spawn<taker>({.place = troupe::own_process});
      there.tell<&taker::take>(slow_to_save{there.ask<&taker::pid>().get(10s)});
      CHECK((*other_process).ask<&teller::number>().get(10s) == 7);
    }
    other_process.reset();
  });
}

TEST_CASE("a function that loads an exception cannot wait for another process") {
  in_runtime(30s, [](troupe::runtime& rt) {
    program = ::getpid();
    other_process = rt.spawn<teller>({.place = troupe::own_process});
    const auto there = rt.spawn<thrower>({.place = troupe::own_process});
    CHECK_THROWS(there.ask<&thrower::fail>().get(10s));
    CHECK((*other_process).ask<&teller::number>().get(10s) == 7);
    other_process.reset();
  });
}

TEST_CASE("an argument that is dropped may send to the actor whose mailbox was full") {
  in_runtime(30s, [](troupe::runtime& rt) {
    dropped = 0;
    open = false;
    the_box = rt.spawn<box>({.mailbox = {.capacity = 1, .overflow = troupe::overflow_policy::drop_oldest}});
    const auto b = *the_box;
    b.tell<&box::hold>();
    CHECK(eventually(10s, [&] {
      b.tell<&box::put>(token{1}); // drops the one before
      return dropped >= 2;
    }));
    open = true;
    open.notify_all();
    CHECK_THROWS_AS(b.ask<&box::number>().get(10s), troupe::actor_down);
  });
  the_box.reset();
}
