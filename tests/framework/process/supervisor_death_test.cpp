// SPDX-License-Identifier: BSD-3-Clause
// However a supervisor goes, within a second nothing of it is left.
#include "framework/process/process_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace troupe::test_support;

namespace {

int serve(child_context& context, byte_reader&) { return context.serve(); }

int loop_for_ever(child_context&, byte_reader&) {
  for (volatile int i = 0;;)
    i = i + 1;
}

int stop_itself(child_context&, byte_reader&) {
  ::raise(SIGSTOP);
  return 0;
}

int ignore_all_signals(child_context&, byte_reader&) {
  for (int s = 1; s < 32; ++s)
    ::signal(s, SIG_IGN);
  for (;;)
    ::pause();
}

int start_another_and_wait(child_context& context, byte_reader&) {
  const pid_t grandchild = ::fork();
  if (grandchild == 0)
    for (;;)
      ::pause();
  return context.serve();
}

void pause_for_ever() {
  for (;;)
    ::pause();
}

void run_supervisor(troupe::start_method method, void (*at_end)() = pause_for_ever) {
  troupe::runtime rt{0, nullptr, {.start = method, .heartbeat = 0ms}};
  std::vector<child> all;
  for (auto entry : {serve, loop_for_ever, stop_itself, ignore_all_signals, start_another_and_wait})
    all.push_back(node::of(rt).start_child({}, entry, no_arguments));
  eventually(10s, [&] { return process_state(all[2].pid()) == "T"; });
  const auto starter = std::to_string(all[4].pid());
  eventually(10s, [&] { return !children_of(starter).empty(); });
  std::printf("pids %d", children_of(starter).at(0));
  for (pid_t pid : children_of())
    std::printf(" %d", pid);
  std::printf("\n");
  std::fflush(stdout);
  at_end();
}

void expect_nothing_left(const char* helper_name, int signal) {
  helper_program helper{helper_name};
  const auto pids = helper.numbers_after("pids");
  REQUIRE(pids.size() == 1 + 5 + 2);
  helper.kill_and_collect(signal);
  CHECK(eventually(10s, [&] { return std::all_of(pids.begin(), pids.end(), is_gone); }));
  for (pid_t pid : pids) {
    CAPTURE(pid, process_state(pid), process_name(pid));
    CHECK(is_gone(pid));
    if (!is_gone(pid))
      ::kill(pid, SIGKILL);
  }
}

} // namespace

TEST_CASE("helper: supervises workers of all kinds", "[.forking]") {
  run_supervisor(troupe::start_method::fork_server);
}

TEST_CASE("helper: supervises executed workers of all kinds", "[.spawning]") {
  run_supervisor(troupe::start_method::spawn);
}

TEST_CASE("helper: supervises workers of all kinds, then executes another program", "[.executing]") {
  run_supervisor(troupe::start_method::fork_server, [] { ::execlp("sleep", "sleep", "60", nullptr); });
}

TEST_CASE("a supervisor that executes another program leaves none of its processes running") {
  helper_program helper{"[.executing]"};
  const auto pids = helper.numbers_after("pids");
  REQUIRE(pids.size() == 1 + 5 + 2);
  CHECK(eventually(3s, [&] { return std::all_of(pids.begin(), pids.end(), is_gone); }));
  CHECK_FALSE(is_gone(helper.pid()));
}

TEST_CASE("a killed supervisor takes idle, busy, stopped and deaf workers and fork servers along") {
  for (int i = 0; i < 10; ++i)
    expect_nothing_left("[.forking]", i % 2 ? SIGKILL : SIGSEGV);
}

TEST_CASE("a killed supervisor takes its executed workers along") {
  for (int i = 0; i < 5; ++i)
    expect_nothing_left("[.spawning]", SIGKILL);
}

TEST_CASE("stopped fork servers go with their supervisor too") {
  helper_program helper{"[.forking]"};
  const auto pids = helper.numbers_after("pids");
  const auto helper_pid = std::to_string(helper.pid());
  // A worker is called like its fork server until it has given itself its own name.
  REQUIRE(eventually(5s, [&] { return fork_servers(helper_pid).size() == 2; }));
  const auto servers = fork_servers(helper_pid);
  for (pid_t pid : servers)
    ::kill(pid, SIGSTOP);
  REQUIRE(
      eventually(5s, [&] { return process_state(servers[0]) == "T" && process_state(servers[1]) == "T"; }));
  helper.kill_and_collect(SIGKILL);
  CHECK(eventually(10s, [&] { return std::all_of(pids.begin(), pids.end(), is_gone); }));
  for (pid_t pid : pids) {
    CAPTURE(pid, process_state(pid), process_name(pid));
    CHECK(is_gone(pid));
    if (!is_gone(pid))
      ::kill(pid, SIGKILL);
  }
}

TEST_CASE("the death of a supervisor harms no other process of its job") {
  helper_program helper{"[.forking]"};
  REQUIRE_FALSE(helper.numbers_after("pids").empty());
  const pid_t neighbour = ::fork();
  if (neighbour == 0)
    for (;;)
      ::pause();
  REQUIRE(::setpgid(neighbour, helper.pid()) == 0); // as in `supervisor | neighbour`
  const auto servers = fork_servers(std::to_string(helper.pid()));
  helper.kill_and_collect(SIGKILL);
  CHECK(eventually(2s, [&] { return std::all_of(servers.begin(), servers.end(), is_gone); }));
  CHECK_FALSE(is_gone(neighbour));
  ::kill(neighbour, SIGKILL);
  ::waitpid(neighbour, nullptr, 0);
}
