// SPDX-License-Identifier: BSD-3-Clause
// An actor in a child process answers; threads of the supervisor wait for the answers.
#include "framework/process/process_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <mutex>
#include <set>

using namespace troupe::test_support;
using namespace troupe::detail;

namespace {

class echo final : public message_handler {
 public:
  explicit echo(mailbox_ref answers) : answers_{std::move(answers)} {}
  void receive(envelope& message) override {
    answers_.write(message.tag,
                   [&](byte_writer& w) { w.put(message.body.bytes().data(), message.body.bytes().size()); });
    answers_.flush();
  }

 private:
  mailbox_ref answers_;
};

int run_echo(child_context& context, byte_reader& in) {
  auto answers = context.supervisor_actor(in.get<actor_number>());
  context.here().spawn(std::make_unique<echo>(answers), handler_kind::user, 1);
  return context.serve();
}

// Completes the flag whose number is the tag of an answer; notes the end of the child.
struct answers final : message_handler {
  explicit answers(node& n, std::size_t slots) : here{n}, flags(slots) {}
  void receive(envelope& message) override {
    if (message.tag == down_tag) {
      downs_after = received;
      here.complete(down);
      return;
    }
    ++received;
    here.complete(*flags.at(message.tag % flags.size()).load());
  }

  node& here;
  std::vector<std::atomic<completion*>> flags;
  std::uint64_t received = 0;
  std::uint64_t downs_after = 0;
  completion down;
};

struct echo_process {
  echo_process(troupe::runtime& rt, std::size_t slots) : here{node::of(rt)} {
    auto handler = std::make_unique<answers>(here, slots);
    inbox = handler.get();
    const auto number = here.next_number();
    own = here.spawn(std::move(handler), handler_kind::bounded, number);
    process = here.start_child({"echo"}, run_echo, [&](byte_writer& w) { w.put(number); });
    peer = process.actor(1);
  }

  bool round_trip(std::uint32_t slot, std::chrono::milliseconds limit = 20s) {
    completion flag;
    inbox->flags[slot].store(&flag);
    peer.write(slot, [](byte_writer& w) { w.put(std::uint64_t{1}); });
    peer.flush();
    return here.wait(flag, deadline_after(limit));
  }

  node& here;
  answers* inbox = nullptr;
  mailbox_ref own;
  child process;
  mailbox_ref peer;
};

} // namespace

TEST_CASE("50,000 round trips to an actor of a child process all come back") {
  troupe::runtime rt{0, nullptr};
  echo_process echo{rt, 1};
  REQUIRE(echo.round_trip(0));
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 50'000; ++i)
    REQUIRE(echo.round_trip(0));
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
  WARN(took.count() / 50'000 << " us per round trip");
}

TEST_CASE("many threads wait at once for answers of a child and none is forgotten") {
  for (std::size_t scheduler_threads : {1, 2, 3}) {
    troupe::runtime rt{0, nullptr, {.scheduler_threads = scheduler_threads}};
    echo_process echo{rt, 6};
    std::atomic<int> lost{0};
    std::vector<std::thread> threads;
    for (std::uint32_t t = 0; t < 6; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 3000; ++i)
          lost += !echo.round_trip(t);
      });
    for (auto& t : threads)
      t.join();
    CHECK(lost == 0);
  }
}
