// SPDX-License-Identifier: BSD-3-Clause
// The loss of fork servers.
#include "framework/process/process_fixture.hpp"
#include "support/repeat.hpp"

#include <troupe/exceptions.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <random>

using namespace troupe::test_support;

namespace {

int serve(child_context& context, byte_reader&) { return context.serve(); }

int return_seven(child_context&, byte_reader&) { return 7; }

void expect_start_works(troupe::runtime& rt) {
  auto c = node::of(rt).start_child({}, return_seven, no_arguments);
  REQUIRE(c.wait_ended(deadline_after(20s)));
  CHECK(c.exit()->code == 7);
}

std::chrono::microseconds time_of_a_start(troupe::runtime& rt) {
  constexpr int starts = 10;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < starts; ++i)
    expect_start_works(rt);
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin) /
         starts;
}

void kill_and_see_gone(pid_t pid, int signal) {
  ::kill(pid, signal);
  CHECK(eventually(5s, [&] { return signal == SIGSTOP ? process_state(pid) == "T" : is_gone(pid); }));
}

} // namespace

TEST_CASE("there are two fork servers, and children are no children of theirs") {
  troupe::runtime rt{0, nullptr};
  CHECK(fork_servers().size() == 2);
  auto c = node::of(rt).start_child({}, serve, no_arguments);
  const auto ours = children_of();
  CHECK(std::count(ours.begin(), ours.end(), c.pid()) == 1);
}

TEST_CASE("children do not notice that the fork servers were killed, and the next start works") {
  troupe::runtime rt{0, nullptr};
  const auto before = leftovers::now();
  auto c = node::of(rt).start_child({}, serve, no_arguments);
  for (std::size_t how_many : {1, 2, 2, 1}) {
    // A child bears the fork server's name for its first moments.
    REQUIRE(eventually(5s, [] { return fork_servers().size() == 2; }));
    const auto servers = fork_servers();
    for (std::size_t i = 0; i < how_many; ++i)
      kill_and_see_gone(servers[i], SIGKILL);
    expect_start_works(rt);
    CHECK_FALSE(c.ended());
  }
  CHECK(fork_servers().size() == 2);
  c.request_stop();
  REQUIRE(c.wait_ended(deadline_after(20s)));
  c = {};
  CHECK(eventually(5s, [&] { return leftovers::now() == before; }));
  CHECK(leftovers::now() == before);
}

TEST_CASE("a stopped fork server is replaced") {
  troupe::runtime rt{0, nullptr};
  kill_and_see_gone(fork_servers().at(0), SIGSTOP);
  kill_and_see_gone(fork_servers().at(1), SIGKILL);
  expect_start_works(rt);
}

TEST_CASE("two stopped fork servers are replaced") {
  troupe::runtime rt{0, nullptr};
  const auto servers = fork_servers();
  for (pid_t pid : servers)
    kill_and_see_gone(pid, SIGSTOP);
  const auto start = std::chrono::steady_clock::now();
  expect_start_works(rt);
  CHECK(std::chrono::steady_clock::now() - start < 15s);
}

TEST_CASE("fork servers killed at random instants cost no child and start none twice") {
  troupe::runtime rt{0, nullptr};
  const auto period = time_of_a_start(rt); // so that a start is hit often, and not always, on any machine
  std::atomic<bool> done{false};
  std::thread killer{[&] {
    std::mt19937 random{std::random_device{}()};
    std::uniform_int_distribution<std::int64_t> instant{0, period.count()};
    while (!done) {
      for (pid_t pid : fork_servers())
        if (random() % 2)
          ::kill(pid, SIGKILL);
      std::this_thread::sleep_for(std::chrono::microseconds{instant(random)}); // sleep: the random instant
    }
  }};
  const auto deadline = std::chrono::steady_clock::now() + 8s;
  int right = 0;
  int refused = 0;
  while (std::chrono::steady_clock::now() < deadline) {
    try {
      auto c = node::of(rt).start_child({"once"}, return_seven, no_arguments);
      CHECK(c.wait_ended(deadline_after(20s)));
      // A child bears the fork server's name for its first moments: the killer may have met it.
      CHECK((c.exit()->code == 7 || c.exit()->signal == SIGKILL));
      right += c.exit()->code == 7;
    } catch (const troupe::spawn_error&) {
      ++refused; // killed twice within one start
    }
  }
  done = true;
  killer.join();
  WARN(right << " children started, " << refused << " refused");
  CHECK(right > 20);
  CHECK(eventually(5s, [] {
    for (pid_t pid : children_of())
      if (process_name(pid) != "troupe-fork") // a killed spare is collected at the next start
        return false;
    return true;
  }));
}

TEST_CASE("a fork server killed while it makes a spare leaves no third one behind") {
  repeat(100, [](random_source& random) {
    within(60s, [&] {
      troupe::runtime rt{0, nullptr};
      expect_start_works(rt); // makes the spare if there is none
      REQUIRE(eventually(5s, [] { return fork_servers().size() == 2; }));
      const auto servers = fork_servers(); // in the order of their start: the one at work, its spare
      kill_and_see_gone(servers[1], SIGKILL);
      std::thread killer{[&] {
        wait_up_to(random, 1500us);
        ::kill(servers[0], SIGKILL);
      }};
      expect_start_works(rt); // and then makes a spare
      killer.join();
      kill_and_see_gone(servers[0], SIGKILL);
      expect_start_works(rt);
      CHECK(eventually(5s, [] { return children_of().size() == 2; }));
    });
  });
}

TEST_CASE("children started after all fork servers were lost get signals as usual") {
  troupe::runtime rt{0, nullptr};
  for (pid_t pid : fork_servers())
    kill_and_see_gone(pid, SIGKILL);
  troupe::detail::completion started;
  child c;
  node::of(rt).post_to_watcher([&] { // as a pool replaces a worker; that thread blocks all signals
    c = node::of(rt).start_child({}, serve, no_arguments);
    node::of(rt).complete(started);
  });
  REQUIRE(node::of(rt).wait(started, deadline_after(20s)));
  const auto status = "/proc/" + std::to_string(c.pid()) + "/status";
  CHECK(
      eventually(5s, [&] { return text_of(status).find("SigBlk:\t0000000000000000") != std::string::npos; }));
  c.kill(SIGTERM);
  REQUIRE(c.wait_ended(deadline_after(5s)));
}
