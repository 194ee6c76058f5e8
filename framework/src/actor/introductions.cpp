// SPDX-License-Identifier: BSD-3-Clause
#include "actor/introductions.hpp"

#include "actor/node_state.hpp"
#include "process/socket_message.hpp"

#include <troupe/codec.hpp>
#include <troupe/detail/actor_system.hpp>
#include <troupe/exceptions.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace troupe::detail {

namespace {

std::uint32_t wire(process_tag tag) { return static_cast<std::uint32_t>(tag); }

void tell_end(const child_record& to, process_id ended, const process_exit& exit) {
  to.way()->send(0, wire(process_tag::peer_ended), [&](byte_writer& w) {
    w.put(ended);
    encode(w, exit);
  });
  to.way()->ring_peer();
}

bool hand_over(const child_record& to, const introduction& what, int memory) {
  const std::array fds{memory};
  if (!send_with_descriptors(to.introductions_fd(), std::as_bytes(std::span{&what, 1}), fds))
    return false;
  to.way()->send(0, wire(process_tag::introduced), [](byte_writer&) {});
  to.way()->ring_peer();
  return true;
}

} // namespace

// ---- the supervisor's part

void introductions::on_message(node::state& n, process_id from, std::uint32_t tag, payload&& body) {
  byte_reader in{body.bytes()};
  if (tag == wire(process_tag::farewell)) {
    if (in.remaining() > farewell_bytes)
      throw decode_error("malformed frame on a link: a farewell that is too long");
    farewells_[from] = decode<std::vector<last_end>>(in);
    return;
  }
  const auto process = in.get<process_id>();
  if (tag == wire(process_tag::introduce))
    introduce(n, from, process);
  else if (tag == wire(process_tag::garbage))
    n.kill_for_garbage(process, decode<std::string>(in));
  else
    throw decode_error("malformed frame on a link: no such message to a supervisor");
}

void introductions::introduce(node::state& n, process_id asking, process_id wanted) {
  const auto asker = n.watch->child(asking);
  if (!asker || asking == wanted || peers_[asking].contains(wanted))
    return; // it has gone, or both asked
  if (n.system->knows_end_of(wanted) || wanted < n.first_process || wanted >= n.next_process.load()) {
    tell_end(*asker, wanted, n.system->exit_of(wanted));
    return;
  }
  const auto tell_ends_from_now_on = [&] {
    peers_[asking].insert(wanted);
    peers_[wanted].insert(asking);
  };
  const auto other = n.watch->child(wanted);
  if (!other) { // it has ended, and that is about to be told here
    tell_ends_from_now_on();
    return;
  }
  process_exit unreachable;
  unreachable.pid = other->pid();
  unreachable.name = other->name();
  try {
    const auto memory = segment::create();
    const auto& above = asking < wanted ? asker : other;
    const auto& below = asking < wanted ? other : asker;
    const bool above_has_it =
        hand_over(*above, {below->id(), below->roster_index(), direction::down}, memory.fd());
    if (above_has_it && hand_over(*below, {above->id(), above->roster_index(), direction::up}, memory.fd())) {
      tell_ends_from_now_on();
      return;
    }
    if (errno == EPIPE || errno == ECONNRESET) { // nobody has the other end of the socket
      // It is dying, and its end will tell of what. If not, it has closed what is ours and is of no use.
      (above_has_it ? below : above)->kill(SIGKILL);
      tell_ends_from_now_on();
      return;
    }
    unreachable.garbage = std::strerror(errno);
    if (above_has_it && above == other) { // it has one end of a link, and nobody the other
      process_exit half_way;
      half_way.pid = asker->pid();
      half_way.name = asker->name();
      half_way.garbage = "no memory could be shared with it: " + unreachable.garbage;
      tell_end(*above, below->id(), half_way);
    }
  } catch (const spawn_error& e) {
    unreachable.garbage = e.what();
  }
  unreachable.garbage = "no memory could be shared with it: " + unreachable.garbage;
  tell_end(*asker, wanted, unreachable);
}

std::vector<last_end> introductions::take_farewell(process_id process) {
  auto said = farewells_.extract(process);
  return said.empty() ? std::vector<last_end>{} : std::move(said.mapped());
}

void introductions::process_ended(node::state& n, process_id process, const process_exit& exit) {
  const auto known = peers_.extract(process);
  if (known.empty())
    return;
  for (const auto peer : known.mapped()) {
    if (const auto there = peers_.find(peer); there != peers_.end())
      there->second.erase(process);
    if (const auto child = n.watch->child(peer))
      tell_end(*child, process, exit);
  }
}

// ---- the children's part: the thread on polling duty

void node::state::meet_peer() {
  introduction what;
  received_message message;
  if (!receive_with_descriptors(introductions_socket, std::as_writable_bytes(std::span{&what, 1}),
                                no_deadline, message) ||
      message.size_bytes != sizeof what || message.fds.size() != 1 ||
      what.roster_index >= session_page::roster_size)
    throw decode_error("malformed introduction to another process");
  auto memory = std::make_shared<segment>(segment::open(std::move(message.fds[0])));
  memory->forget_descriptor();
  open_way(what.peer,
           std::make_shared<link>(std::move(memory), what.out, shared.page().roster[what.roster_index].bell));
}

void node::state::peer_has_ended(process_id peer, process_exit exit) {
  std::shared_ptr<peer_way> way;
  {
    std::lock_guard lock{ways_mutex};
    if (const auto found = ways.find(peer); found != ways.end())
      way = found->second;
  }
  {
    std::lock_guard lock{exits_mutex};
    exits.emplace(peer, std::make_shared<const process_exit>(std::move(exit)));
  }
  if (const auto link = way ? way->opened() : nullptr) {
    link->set_peer_gone(); // told when what it had sent was delivered
    return;
  }
  if (way)
    way->close();
  on_peer_ended(peer);
}

} // namespace troupe::detail
