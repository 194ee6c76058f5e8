// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/link.hpp"
#include "link/segment.hpp"

#include <troupe/detail/node.hpp>
#include <troupe/detail/process_exit.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace troupe::detail {

class child_record;

/// What comes with the memory that two children share, over the socket of each.
struct introduction {
  process_id peer = 0;
  std::uint32_t roster_index = 0; // of the peer: where its bell is
  direction out = direction::down;
};

/// Has two children talk without the supervisor in between.
///
///   A ──introduce B──▶ supervisor            A names an actor of B for the first time
///   A ◀──introduced─── supervisor ──introduced──▶ B      the memory went ahead, over their sockets
///   A ◀═════════════ ring each way ═════════════▶ B
///   A ◀──peer_ended─── supervisor            when B has ended
///
/// The supervisor's part. Threads: the one on polling duty.
class introductions {
 public:
  void on_message(node::state& n, process_id from, std::uint32_t tag, payload&& body);
  void process_ended(node::state& n, process_id process, const process_exit& exit);
  /// What it had said of its actors' ends.
  std::vector<last_end> take_farewell(process_id process);

 private:
  void introduce(node::state& n, process_id asking, process_id wanted);

  std::map<process_id, std::vector<last_end>> farewells_;
  std::map<process_id, std::set<process_id>> peers_; // of each: those it was introduced to
};

} // namespace troupe::detail
