// SPDX-License-Identifier: BSD-3-Clause
// The seam to CAF by itself: no process, no thread.
#include "actor/caf_seam.hpp"
#include "link/segment.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace troupe::detail;

namespace {

/// Monitors all it is given, and notes whose end it was told.
class observer final : public message_handler {
 public:
  observer(std::vector<mailbox_ref> peers, std::set<pid_t>& ended)
      : peers_{std::move(peers)}, ended_{ended} {}
  void started(actor_context& context) override {
    for (const auto& peer : peers_)
      context.monitor(peer);
  }
  void receive(envelope& message) override {
    if (const auto* down = static_cast<const process_down*>(message.local.get());
        down && down->exit && down->process == message.from)
      ended_.insert(down->exit->pid);
  }

 private:
  std::vector<mailbox_ref> peers_;
  std::set<pid_t>& ended_;
};

} // namespace

TEST_CASE("a monitor is told of every end, however many processes end before it runs") {
  constexpr process_id count = 1000;
  caf_seam seam{[] {}};
  doorbell bell; // nobody sleeps at it
  auto way = std::make_shared<troupe::detail::link>(std::make_shared<segment>(segment::create()),
                                                    direction::down, bell);
  std::vector<mailbox_ref> peers;
  for (process_id process = 1; process <= count; ++process)
    peers.push_back(seam.proxy(process, 1, way));
  std::set<pid_t> ended;
  auto watching = seam.spawn(std::make_unique<observer>(peers, ended), handler_kind::bounded);
  watching.tell(envelope{}); // an actor starts with its first message
  seam.run_local();
  for (process_id process = 1; process <= count; ++process) {
    auto exit = std::make_shared<process_exit>();
    exit->pid = static_cast<pid_t>(process);
    seam.process_ended(process, std::move(exit));
  }
  seam.run_local();
  CHECK(ended.size() == count);
}
