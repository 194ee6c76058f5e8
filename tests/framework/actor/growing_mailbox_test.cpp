// SPDX-License-Identifier: BSD-3-Clause
// What is logged of an actor whose mailbox keeps growing. Its time stands still until the test moves it.
#include "actor/actor_environment.hpp"
#include "support/log_text.hpp"

#include <troupe/actor.hpp>
#include <troupe/detail/actor_host.hpp>

#include <catch2/catch.hpp>

using namespace troupe::detail;
using namespace std::chrono_literals;

namespace {

/// Schedules nothing: the test runs the actor.
class nobody final : public runner {
 public:
  void schedule() override { let_go(); }
};

class still_world final : public actor_environment {
 public:
  runner_ref make_runner(std::shared_ptr<actor_host>) override { return runner_ref{new nobody}; }
  void post(std::function<void()>) override {}
  mailbox_ref way_to(actor_id) override { return {}; }
  process_id start_process(const std::string&) override { return 0; }
  void last_actor_ended() override {}
  bool wait(const void*, function_ref<bool()> done, steady_time) override { return done(); }
  void notify(const void*) override {}
  void let_links_move(function_ref<bool()>, steady_time) override {}
  pid_t pid_of(process_id) override { return 0; }
  void kill_process(process_id) override {}
  std::uint64_t random() override { return 0; }
  steady_time now() const override { return time; }
  void wake_at(steady_time) override {}

  steady_time time{1h};
};

class idler final : public troupe::actor {};

struct message final : host_job {
  void run(actor_host&) override {}
  job_kind kind() const override { return job_kind::message; }
};

} // namespace

TEST_CASE("a mailbox that keeps growing is logged once: whose, how long it is, for how long it has grown") {
  auto world_made = std::make_unique<still_world>();
  auto& world = *world_made;
  const auto system = std::make_shared<actor_system>(0, std::move(world_made));
  const auto slow = system->spawn({.name = "slow"}, [] { return std::unique_ptr<troupe::actor>{new idler}; });
  const test_support::log_text log;
  for (int second = 0; second < 12; ++second, world.time += 1s) {
    for (int i = 0; i < 1001; ++i)
      slow->host()->push(std::make_unique<message>());
    slow->host()->run(1);
  }
  CHECK(
      log.text() ==
      "troupe: slow ((anonymous namespace)::idler) is sent more than it handles: its mailbox has grown for 5 s and "
      "holds 7000 messages\n");
  system->close();
}
