// SPDX-License-Identifier: BSD-3-Clause
// A start in another process that takes too long, and a name that nobody looks up: whoever asked is told in time.
#include "framework/actor/places.hpp"
#include "support/strike.hpp"

#include <troupe/supervisor.hpp>

#include <unistd.h>
#include <atomic>
#include <csignal>
#include <optional>

using namespace test_support;
using troupe::own_process;

namespace {

std::atomic<bool> open{false}; // all three of the process they are in
std::atomic<int> starting{0};
std::atomic<int> stopped{0};

/// Shares its process with those that start slowly.
class gatekeeper final : public troupe::actor {
 public:
  void let_in() {
    open = true;
    open.notify_all();
  }
  int started() const { return starting; }
  int ended() const { return stopped; }
};

class slow final : public troupe::actor {
 public:
  void on_start() override {
    ++starting;
    open.wait(false);
  }
  void on_stop(const troupe::exit_reason&) override { ++stopped; }
};

/// Starts nowhere: its process has to be killed.
class hanging final : public troupe::actor {
 public:
  void on_start() override {
    for (;;)
      ::pause();
  }
};

/// Starts others from where it is, and stops the process of the runtime.
class starter final : public troupe::actor {
 public:
  bool gives_up_start() {
    try {
      spawn<hanging>({.place = own_process, .start_timeout = 50ms});
      return false;
    } catch (const troupe::timeout_error&) {
      return true;
    }
  }
  auto starts_gatekeeper() { return spawn<gatekeeper>({.place = own_process}); }
  void starts_hanging() { spawn<hanging>({.place = own_process}); }
  pid_t pid() const { return ::getpid(); }
  bool gives_up_search() {
    const auto above = ::getppid();
    bool gave_up = false;
    try {
      if (stop_whole_process(above))
        find<starter>("nobody", 50ms);
    } catch (const troupe::timeout_error&) {
      gave_up = true;
    }
    ::kill(above, SIGCONT);
    return gave_up;
  }
};

/// Its start waits for that of another, for ever.
class waiting final : public troupe::actor {
 public:
  void on_start() override { spawn<hanging>({.place = own_process, .start_timeout = 1h}); }
};

/// Hangs in its second start.
class moody final : public troupe::actor {
 public:
  explicit moody(troupe::actor_ref<notebook> notes) : notes_{std::move(notes)} {}
  void on_start() override {
    notes_.tell<&notebook::note>("start");
    if (notes_.ask<&notebook::count>("start").get() == 2)
      for (;;)
        ::pause();
  }
  pid_t pid() const { return ::getpid(); }

 private:
  troupe::actor_ref<notebook> notes_;
};

void ask_to_stop(troupe::supervisor& sup) {
  try {
    sup.within(1ms).stop();
  } catch (const troupe::timeout_error&) {
    // It goes on.
  }
}

} // namespace

TEST_CASE("a start in a process of its own that takes too long is given up, and its process is gone") {
  in_runtime(20s, [](troupe::runtime& rt) {
    CHECK_THROWS_AS(rt.spawn<hanging>({.name = "late", .place = own_process, .start_timeout = 50ms}),
                    troupe::timeout_error);
    CHECK(eventually(10s, [&] { return rt.active_children().empty(); }));
    CHECK(eventually(10s, [&] { return !rt.find<hanging>("late"); }));
  });
}

TEST_CASE("the same, when an actor of another process has asked for it") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto abroad = rt.spawn<starter>({.place = own_process});
    CHECK(abroad.ask<&starter::gives_up_start>().get(10s));
    CHECK(eventually(10s, [&] { return rt.active_children().size() == 1; }));
  });
}

TEST_CASE("a start whose asker is given up, or killed, ends with it") {
  in_runtime(20s, [](troupe::runtime& rt) {
    CHECK_THROWS_AS(rt.spawn<waiting>({.place = own_process, .start_timeout = 200ms}), troupe::timeout_error);
    CHECK(eventually(10s, [&] { return rt.active_children().empty(); }));
    for (const bool in_the_start : {false, true}) { // or while its process is being made
      CAPTURE(in_the_start);
      const auto asker = rt.spawn<starter>({.place = own_process});
      const auto pid = asker.ask<&starter::pid>().get(10s);
      asker.tell<&starter::starts_hanging>();
      CHECK((!in_the_start || eventually(10s, [&] { return rt.active_children().size() == 2; })));
      ::kill(pid, SIGKILL);
      CHECK(eventually(10s, [&] { return rt.active_children().empty(); }));
    }
  });
}

TEST_CASE("a process that was started for another's start outlives it when its actor has started") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto asker = rt.spawn<starter>({.place = own_process});
    const auto child = asker.ask<&starter::starts_gatekeeper>().get(10s);
    ::kill(asker.ask<&starter::pid>().get(10s), SIGKILL);
    CHECK(eventually(10s, [&] { return rt.active_children().size() == 1; }));
    CHECK(child.ask<&gatekeeper::ended>().get(10s) == 0);
  });
}

TEST_CASE("a start does not wait for fork servers that are stopped") {
  in_runtime(20s, [](troupe::runtime& rt) {
    for (const pid_t server : fork_servers())
      REQUIRE(stop_whole_process(server));
    CHECK_NOTHROW(rt.spawn<starter>({.place = own_process, .start_timeout = 8s}));
  });
}

TEST_CASE("an actor beside another that has started too late ends at once, and harms nobody") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto gate = rt.spawn<gatekeeper>({.place = own_process});
    CHECK_THROWS_AS(rt.spawn<slow>({.name = "late", .place = beside(gate), .start_timeout = 50ms}),
                    troupe::timeout_error);
    CHECK(eventually(10s, [&] { return gate.ask<&gatekeeper::started>().get(10s) == 1; }));
    CHECK(gate.ask<&gatekeeper::ended>().get(10s) == 0);
    gate.tell<&gatekeeper::let_in>();
    CHECK(eventually(10s, [&] { return gate.ask<&gatekeeper::ended>().get(10s) == 1; }));
    CHECK(eventually(10s, [&] { return !rt.find<slow>("late"); }));
    const auto next = rt.spawn<slow>({.name = "late", .place = beside(gate), .start_timeout = 10s});
    CHECK(rt.find<slow>("late") == next);
  });
}

TEST_CASE("a start that is quick enough is none the worse for its timeout") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto there = rt.spawn<gatekeeper>({.place = place, .start_timeout = 10s});
    CHECK(there.ask<&gatekeeper::started>().get(10s) == 0);
  });
}

TEST_CASE("a search that the runtime's process does not answer is given up") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto abroad = rt.spawn<starter>({.place = own_process});
    CHECK(abroad.ask<&starter::gives_up_search>().get(10s));
    CHECK_FALSE(rt.find<starter>("nobody", 10s));
  });
}

TEST_CASE("a restart that hangs has failed after the child's start_timeout, and is tried again") {
  in_runtime(30s, [](troupe::runtime& rt) {
    const auto notes = rt.spawn<notebook>();
    troupe::supervisor sup{rt, {.intensity = 5, .period = 1h, .log = false}};
    std::atomic<std::size_t> failed{0};
    sup.on_event([&](const troupe::supervision_event& e) {
      failed += e.what == troupe::supervision_event::kind::start_failed &&
                contains(to_string(e.reason), "timeout_error");
    });
    const auto child =
        sup.add<moody>({.id = "moody", .place = own_process, .start_timeout = 1s * slowness}, notes);
    ::kill(child.ask<&moody::pid>().get(10s), SIGKILL);
    CHECK(eventually(20s, [&] { return notes.ask<&notebook::count>("start").get(10s) >= 3; }));
    CHECK(child.ask<&moody::pid>().get(10s) != 0);
    CHECK(failed >= 1);
    CHECK(sup.children().at(0).restarts == failed + 1);
  });
}

TEST_CASE("a supervisor that is to end gives a start that hangs as long as the child has to stop") {
  in_runtime(30s, [](troupe::runtime& rt) {
    const auto gate = rt.spawn<gatekeeper>({.place = own_process});
    const troupe::child_spec apart{.id = "apart", .place = own_process, .shutdown = 100ms};
    const troupe::child_spec near{.id = "near", .place = beside(gate), .shutdown = 100ms};
    for (const auto& spec : {apart, near}) {
      CAPTURE(spec.id);
      std::optional<troupe::supervisor> sup{std::in_place, rt, troupe::supervisor_options{.log = false}};
      const auto adds = [&](auto& to) {
        if (spec.id == "apart")
          to.template add<hanging>(spec);
        else
          to.template add<slow>(spec);
      };
      const auto has_begun = [&] {
        return spec.id == "apart" ? rt.active_children().size() == 2
                                  : gate.ask<&gatekeeper::started>().get(10s) == 1;
      };
      auto hurried = sup->within(50ms);
      do // on a busy machine, the supervisor does not come to it the first time
        CHECK_THROWS_AS(adds(hurried), troupe::timeout_error); // it goes on
      while (!eventually(1s, has_begun));
      ask_to_stop(*sup);
      CHECK(sup->wait(10s));
      sup.reset();
    }
    gate.tell<&gatekeeper::let_in>();
    CHECK(eventually(10s, [&] { return gate.ask<&gatekeeper::ended>().get(10s) == 1; }));
    CHECK(eventually(10s, [&] { return rt.active_children().size() == 1; }));
  });
}

TEST_CASE("so does a supervisor whose child's restart hangs, with those below it, when the runtime ends") {
  const troupe::supervisor_options quiet{.intensity = 5, .period = 1h, .log = false};
  for (const bool nested : {false, true}) {
    CAPTURE(nested);
    std::optional<troupe::supervisor> top;
    std::optional<troupe::supervisor> below;
    in_runtime(30s, [&](troupe::runtime& rt) {
      const auto notes = rt.spawn<notebook>();
      top.emplace(rt, quiet);
      if (nested)
        below.emplace(top->add_supervisor({.id = "below"}, quiet));
      const auto child = (nested ? *below : *top)
                             .add<moody>({.id = "moody", .place = own_process, .shutdown = 100ms}, notes);
      ::kill(child.ask<&moody::pid>().get(10s), SIGKILL);
      CHECK(eventually(10s, [&] { return notes.ask<&notebook::count>("start").get(10s) == 2; }));
    });
  }
}
