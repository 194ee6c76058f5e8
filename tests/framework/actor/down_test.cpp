// SPDX-License-Identifier: BSD-3-Clause
// What a monitor is told, and when: the end of a process comes after the last message it had sent.
#include "framework/process/process_fixture.hpp"
#include "support/repeat.hpp"

#include <catch2/catch.hpp>

using namespace troupe::test_support;
using namespace troupe::detail;

namespace {

/// Answers one message with as many as that says, and dies.
class last_words final : public message_handler {
 public:
  explicit last_words(mailbox_ref listener) : listener_{std::move(listener)} {}
  void receive(envelope& message) override {
    byte_reader in{message.body.bytes()};
    const auto count = in.get<std::uint32_t>();
    const bool rings = in.get<std::uint8_t>() != 0;
    for (std::uint32_t i = 0; i < count; ++i)
      listener_.write(i, [&](byte_writer& w) { w.put(std::uint64_t{i}); });
    if (rings)
      listener_.flush();
    ::raise(SIGKILL);
  }

 private:
  mailbox_ref listener_;
};

int run_last_words(child_context& context, byte_reader& in) {
  auto listener = context.supervisor_actor(in.get<actor_number>());
  context.here().spawn(std::make_unique<last_words>(listener), handler_kind::user, 1);
  return context.serve();
}

struct monitor_request final : local_message {
  explicit monitor_request(mailbox_ref r) : peer{std::move(r)} {}
  mailbox_ref peer;
};

struct listener final : message_handler {
  explicit listener(node& n) : here{n} {}
  void started(actor_context& c) override { context = &c; }
  void receive(envelope& message) override {
    if (message.tag == down_tag) {
      const auto& told = static_cast<process_down&>(*message.local);
      signal = told.exit->signal.value_or(0);
      heard_by_then = heard;
      ++downs;
      here.complete(down);
    } else if (message.local) {
      context->monitor(static_cast<monitor_request&>(*message.local).peer);
    } else {
      in_order = in_order && message.tag == heard;
      ++heard;
    }
  }

  node& here;
  actor_context* context = nullptr;
  std::uint32_t heard = 0;
  std::uint32_t heard_by_then = 0;
  bool in_order = true;
  int signal = 0;
  int downs = 0;
  completion down;
};

struct dying_process {
  explicit dying_process(troupe::runtime& rt) : here{node::of(rt)} {
    auto handler = std::make_unique<listener>(here);
    ear = handler.get();
    const auto number = here.next_number();
    own = here.spawn(std::move(handler), handler_kind::bounded, number);
    process = here.start_child({"last-words"}, run_last_words, [&](byte_writer& w) { w.put(number); });
    peer = process.actor(1);
  }

  void monitor() const {
    envelope request;
    request.local = std::make_unique<monitor_request>(peer);
    here.tell(own, std::move(request));
  }
  void speak(std::uint32_t count, bool rings) const {
    peer.write(0, [&](byte_writer& w) {
      w.put(count);
      w.put(std::uint8_t{rings});
    });
    peer.flush();
  }

  node& here;
  listener* ear = nullptr;
  mailbox_ref own;
  child process;
  mailbox_ref peer;
};

} // namespace

TEST_CASE("the end of a process is told after the last message it had sent") {
  repeat(100, [](random_source& random) {
    within(20s, [&] {
      troupe::runtime rt{0, nullptr};
      dying_process dying{rt};
      const auto count = static_cast<std::uint32_t>(random_below(random, 2000));
      dying.monitor();
      dying.speak(count, random_below(random, 2) == 0);
      REQUIRE(dying.here.wait(dying.ear->down, deadline_after(15s)));
      CHECK(dying.ear->heard_by_then == count);
      CHECK(dying.ear->in_order);
      CHECK(dying.ear->signal == SIGKILL);
    });
  });
}

TEST_CASE("whoever monitors a process that has ended is told at once") {
  repeat(20, [](random_source&) {
    within(20s, [&] {
      troupe::runtime rt{0, nullptr};
      dying_process dying{rt};
      dying.speak(3, true);
      REQUIRE(dying.process.wait_ended(deadline_after(15s)));
      dying.monitor();
      REQUIRE(dying.here.wait(dying.ear->down, deadline_after(15s)));
      CHECK(dying.ear->downs == 1);
    });
  });
}
