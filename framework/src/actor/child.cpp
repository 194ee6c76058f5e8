// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/child.hpp>

#include "actor/node_state.hpp"

namespace troupe::detail {

process_id child::id() const { return record_->id(); }
pid_t child::pid() const { return record_->pid(); }
int child::pidfd() const { return record_->pidfd(); }
const std::string& child::name() const { return record_->name(); }
std::span<std::byte> child::black_box() const { return record_->black_box(); }
bool child::ended() const { return record_->ended(); }
void child::kill(int signal) const { record_->kill(signal); }

void child::kill_for_garbage(const std::string& what) const { record_->kill_for_garbage(what); }
bool child::wait_ended(steady_time deadline) const { return record_->wait_ended(deadline); }

mailbox_ref child::actor(actor_number number) const {
  return owner_->internals().seam.proxy(record_->id(), number, record_->way());
}

void child::request_stop() const {
  record_->way()->send(0, static_cast<std::uint32_t>(process_tag::stop), [](byte_writer&) {});
  record_->way()->ring_peer();
}

std::shared_ptr<const process_exit> child::exit() const {
  return record_->ended() ? record_->exit() : nullptr;
}

} // namespace troupe::detail
