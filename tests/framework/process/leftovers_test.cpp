// SPDX-License-Identifier: BSD-3-Clause
// Nothing is left: no process, no descriptor, no shared memory; and every end is bounded in time.
#include "framework/process/process_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe::test_support;

namespace {

int end_at_once(child_context&, byte_reader&) { return 0; }

int serve(child_context& context, byte_reader&) { return context.serve(); }

int loop_for_ever(child_context&, byte_reader&) {
  for (volatile int i = 0;;)
    i = i + 1;
}

int stop_itself(child_context&, byte_reader&) {
  ::raise(SIGSTOP);
  return 0;
}

int start_two_and_wait(child_context& context, byte_reader&) {
  for (int i = 0; i < 2; ++i)
    if (::fork() == 0)
      for (;;)
        ::pause();
  return context.serve();
}

std::vector<pid_t> pids_in_group(pid_t group) {
  std::vector<pid_t> all;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid > 0 && ::getpgid(pid) == group && !is_gone(pid))
      all.push_back(pid);
  }
  return all;
}

// The kernel takes a thread out of its count a moment after it was joined.
void check_nothing_left(const leftovers& before) {
  eventually(5s, [&] { return leftovers::now() == before; });
  CHECK(leftovers::now() == before);
}

} // namespace

TEST_CASE("200 children that came and went leave no descriptor, no process and no shared memory") {
  troupe::runtime rt{0, nullptr};
  const auto before = leftovers::now();
  for (int i = 0; i < 200; ++i) {
    auto c = node::of(rt).start_child({}, end_at_once, no_arguments);
    REQUIRE(c.wait_ended(deadline_after(20s)));
  }
  check_nothing_left(before);
}

TEST_CASE("50 runtimes, one after the other, each with children, leave nothing") {
  const auto before = leftovers::now();
  for (int i = 0; i < 50; ++i) {
    troupe::runtime rt{0, nullptr};
    auto first = node::of(rt).start_child({}, serve, no_arguments);
    auto second = node::of(rt).start_child({}, serve, no_arguments);
    if (i % 2)
      first.kill(SIGKILL);
  }
  check_nothing_left(before);
}

TEST_CASE("a runtime of several scheduler threads ends, whatever each of them is doing") {
  const auto before = leftovers::now();
  for (int i = 0; i < 300; ++i)
    troupe::runtime rt{0, nullptr, {.scheduler_threads = 1 + static_cast<std::size_t>(i % 4)}};
  check_nothing_left(before);
}

TEST_CASE("the end of a runtime is bounded with children that are idle, busy and stopped") {
  const auto before = leftovers::now();
  const auto start = std::chrono::steady_clock::now();
  {
    troupe::runtime rt{0, nullptr, {.shutdown_timeout = 200ms}};
    node::of(rt).start_child({}, serve, no_arguments);
    node::of(rt).start_child({}, loop_for_ever, no_arguments);
    auto stopped = node::of(rt).start_child({}, stop_itself, no_arguments);
    REQUIRE(eventually(5s, [&] { return process_state(stopped.pid()) == "T"; }));
  }
  CHECK(std::chrono::steady_clock::now() - start < 5s);
  check_nothing_left(before);
}

TEST_CASE("what a child has started dies with it") {
  troupe::runtime rt{0, nullptr};
  auto c = node::of(rt).start_child({}, start_two_and_wait, no_arguments);
  const pid_t group = c.pid();
  REQUIRE(eventually(5s, [&] { return pids_in_group(group).size() == 3; }));
  ::kill(c.pid(), SIGKILL); // the child alone, as a stranger would
  REQUIRE(c.wait_ended(deadline_after(20s)));
  CHECK(eventually(10s, [&] { return pids_in_group(group).empty(); }));
}

TEST_CASE("what a child has started dies with it when the child ends in order") {
  troupe::runtime rt{0, nullptr};
  auto c = node::of(rt).start_child({}, start_two_and_wait, no_arguments);
  const pid_t group = c.pid();
  REQUIRE(eventually(5s, [&] { return pids_in_group(group).size() == 3; }));
  c.request_stop();
  REQUIRE(c.wait_ended(deadline_after(20s)));
  CHECK(eventually(10s, [&] { return pids_in_group(group).empty(); }));
}

TEST_CASE("a handle of a child may outlive its runtime") {
  child c;
  {
    troupe::runtime rt{0, nullptr};
    c = node::of(rt).start_child({"kept"}, serve, no_arguments);
  }
  CHECK(c.ended());
  CHECK(c.name() == "kept");
  REQUIRE(c.exit());
  CHECK(c.exit()->code == 0);
}

TEST_CASE("helper: exits while its runtime is alive", "[.exits]") {
  auto& rt = *new troupe::runtime{0, nullptr};
  auto c = node::of(rt).start_child({}, serve, no_arguments);
  std::printf("pids %d\n", c.pid());
  std::fflush(stdout);
  std::exit(3);
}

TEST_CASE("a program that calls exit while its runtime is alive ends with that code and leaves nothing") {
  for (int i = 0; i < 20; ++i) {
    helper_program helper{"[.exits]"};
    const auto pids = helper.numbers_after("pids");
    REQUIRE(pids.size() == 1);
    const int status = helper.wait_ended();
    CHECK(status == 3 << 8);
    CHECK(eventually(10s, [&] { return is_gone(pids[0]); }));
  }
}
