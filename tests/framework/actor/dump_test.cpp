// SPDX-License-Identifier: BSD-3-Clause
// The table of actors for people to read, on call and by signal.
#include "actor/actor_table.hpp"
#include "framework/actor/places.hpp"
#include "support/log_text.hpp"
#include "support/strike.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <sstream>
#include <thread>

using namespace test_support;

namespace {

std::atomic<bool> begun{false};
std::atomic<bool> released{false};

class worker final : public troupe::actor {
 public:
  void wait_for_release() {
    begun = true;
    released.wait(false);
  }
  pid_t pid() const { return ::getpid(); }
};

std::string dumped(troupe::runtime& rt) {
  std::ostringstream out;
  rt.dump_actors(out, 10s);
  return out.str();
}

std::string output_of(const std::string& command) {
  std::string all;
  auto* out = ::popen(command.c_str(), "r");
  REQUIRE(out);
  char part[512];
  while (const auto n = std::fread(part, 1, sizeof part, out))
    all.append(part, n);
  ::pclose(out);
  return all;
}

} // namespace

TEST_CASE("the table has one line for each actor, and one for each process that did not answer") {
  troupe::actor_info ann;
  ann.name = "ann";
  ann.class_name = "shop::clerk";
  ann.process = "main";
  ann.pid = 12;
  ann.mailbox_length = 3;
  ann.messages_handled = 1000;
  ann.busy = 1500ms;
  ann.coroutines_waiting = 2;
  troupe::actor_info silent;
  silent.process = "stuck";
  silent.pid = 345;
  silent.state = troupe::actor_state::no_answer;
  CHECK(troupe::detail::actor_table({ann, silent}) ==
        "PROCESS  PID  ACTOR  CLASS        STATE      MAILBOX  HANDLED  BUSY s  WAITING  SUPERVISOR\n"
        "main      12  ann    shop::clerk  idle             3     1000   1.500        2  -\n"
        "stuck    345  -      -            no answer        -        -       -        -  -\n");
}

TEST_CASE("a name that would break a line of the table, or command a terminal, is shown harmless") {
  troupe::actor_info rogue;
  rogue.name = "a\n\x1b[2Jb\x7f";
  rogue.process = "m\tn";
  rogue.supervisor = "s\rt";
  const auto text = troupe::detail::actor_table({rogue});
  CHECK(contains(text, "a\\x0a\\x1b[2Jb\\x7f "));
  CHECK(contains(text, "m\\x09n "));
  CHECK(contains(text, "s\\x0dt\n"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 2); // the heading, and one actor
}

TEST_CASE("dump_actors writes the actors of all processes") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto here = rt.spawn<worker>({.name = "here"});
    const auto there = rt.spawn<worker>({.name = "there", .place = troupe::own_process});
    const auto text = dumped(rt);
    CAPTURE(text);
    CHECK(contains(text, std::to_string(::getpid())));
    CHECK(contains(text, std::to_string(there.ask<&worker::pid>().get(10s))));
    CHECK(contains(text, "  here   (anonymous namespace)::worker  idle"));
    CHECK(contains(text, "  there  (anonymous namespace)::worker  "));
  });
}

TEST_CASE("SIGUSR1 has the actors written to stderr, again and again") {
  const log_text log;
  in_runtime(20s, [&](troupe::runtime& rt) {
    for (const std::string name : {"ann", "bob", "cyd"}) {
      const auto ref = rt.spawn<worker>({.name = name, .place = troupe::own_process});
      ::kill(::getpid(), SIGUSR1);
      CHECK(eventually(10s, [&] { return log.has(name + "    (anonymous namespace)::worker"); }));
    }
  });
}

TEST_CASE("SIGUSR1 has what is there written also when a process is stopped, which is said") {
  const log_text log;
  in_runtime(20s, [&](troupe::runtime& rt) {
    const auto ref = rt.spawn<worker>({.name = "ann", .place = troupe::own_process});
    const auto pid = ref.ask<&worker::pid>().get(10s);
    REQUIRE(stop_whole_process(pid));
    ::kill(::getpid(), SIGUSR1);
    CHECK(eventually(10s, [&] { return log.has("no answer"); }));
    ::kill(pid, SIGCONT);
  });
}

TEST_CASE("a storm of signals, up to the end of the runtime, harms nobody") {
  const log_text log;
  for (int i = 0; i < 20; ++i)
    in_runtime(20s, [&](troupe::runtime& rt) {
      const auto ref = rt.spawn<worker>({.name = "w" + std::to_string(i)});
      ::raise(SIGUSR1);
      CHECK(eventually(10s, [&] { return log.has("w" + std::to_string(i) + "  "); }));
      for (int n = 0; n < 50; ++n)
        ::raise(SIGUSR1);
    });
}

TEST_CASE("a dump signal that cannot be handled is refused") {
  const auto make = [](int signal) { troupe::runtime rt{0, nullptr, {.dump_signal = signal}}; };
  CHECK_THROWS_AS(make(SIGKILL), troupe::usage_error);
  CHECK_THROWS_AS(make(-1), troupe::usage_error);
  CHECK_THROWS_AS(make(1000), troupe::usage_error);
}

TEST_CASE("overruns its deadline", "[.overrun]") { // run by the test below
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto ref = rt.spawn<worker>({.name = "late"});
    within(1ms, [] { ::pause(); });
  });
}

TEST_CASE("a test that overruns its deadline says what its actors were doing") {
  const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
  const auto text = output_of("ulimit -c 0; '" + self + "' '[.overrun]' 2>&1");
  CAPTURE(text);
  CHECK(contains(text, "is not over after"));
  CHECK(contains(text, "late   (anonymous namespace)::worker"));
}

TEST_CASE("a handler that keeps the runtime from ending is named") {
  const log_text log;
  bool was_named = false;
  std::thread releaser;
  released = false;
  in_runtime(20s,
             [&](troupe::runtime& rt) {
               rt.spawn<worker>({.name = "idle one"});
               rt.spawn<worker>({.name = "late one"}).tell<&worker::wait_for_release>();
               REQUIRE(eventually(10s, [] { return begun.load(); }));
               releaser = std::thread{[&] {
                 was_named = eventually(
                     10s, [&] { return log.has("returns: of late one ((anonymous namespace)::worker)"); });
                 released = true;
                 released.notify_all();
               }};
             },
             {.shutdown_timeout = 20ms});
  releaser.join();
  CHECK(was_named);
}
