// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "actor/actor_environment.hpp"
#include "actor/alarm_queue.hpp"
#include "actor/ask_table.hpp"
#include "actor/recent.hpp"

#include <troupe/detail/actor_system.hpp>
#include <troupe/detail/excess_questions.hpp>
#include <troupe/detail/process_exit.hpp>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe::detail {

struct actor_system::state {
  // REQUIRES, like the next: mutex is held.
  std::shared_ptr<endpoint> known_endpoint(actor_id id); // null when nobody holds it
  std::shared_ptr<send_credit> credit_for(actor_id id);  // null when its senders need not count
  void forget_unused_endpoints();
  actor_number next_number(); // of an actor

  std::mutex mutex; // guards what follows, up to seats
  bool closed = false;
  actor_number last_number = first_actor_number;
  std::unordered_map<actor_number, std::shared_ptr<actor_host>> hosts; // of actors that have not ended
  recent<actor_number, exit_reason> ended{1024}; // of those that have: whoever comes late is told, too
  std::unordered_map<actor_id, std::weak_ptr<endpoint>, actor_id_hash> endpoints;
  std::size_t endpoints_looked_through = 0; // how many were left the last time
  // Those in use, and some of late: what is under way counts for whoever refers to the actor next.
  std::unordered_map<actor_id, std::shared_ptr<send_credit>, actor_id_hash> credits;
  std::size_t credits_looked_through = 0;
  std::set<actor_id> full; // actors of other processes that asked to be sent nothing for now
  std::map<actor_id, excess_questions> excess; // for those and for actors whose credit is used up
  /// Likewise, of a way to another process that is full.
  struct excess_of_way {
    std::uint32_t clearances = 0; // of the way, by then
    excess_questions questions;
  };
  std::map<process_id, excess_of_way> excess_of_ways;
  std::unordered_map<process_id, std::shared_ptr<endpoint>> peers; // systems of other processes
  std::map<std::string, actor_id> names;                           // supervisor only: of all processes
  std::multimap<std::string, std::shared_ptr<pending_value<void>>> hearings; // of names that others want
  std::map<process_id, process_id> wanted_by; // supervisor only: who asked for a process that lives
  actor_number last_seat = first_seat_number;
  std::unordered_map<actor_number, std::shared_ptr<seat>> seats; // of this process

  std::atomic<bool> has_started_actor{false}; // for another process
  std::atomic<std::uint32_t> ends{0};         // of actors of this process, counted

  // Whom the last message was for and who had asked: the next are likely to be the same. The thread that polls.
  std::shared_ptr<actor_host> receiver;
  std::uint32_t receiver_found_at = 0; // after so many ends
  std::shared_ptr<endpoint> asker;

  ask_table asks;
  std::atomic<bool> silent{false}; // nobody will answer any more
  std::atomic<std::uint64_t> late_answers{0};

  std::mutex alarms_mutex; // guards alarms
  alarm_queue alarms;

  enum class ending : std::uint8_t { none, known, told };
  void note_exit(process_id process, const process_exit& exit);
  void note(process_id process, ending how_far);
  ending ending_of(process_id process);
  process_exit exit_of(process_id process);
  std::mutex exits_mutex;                             // guards what follows
  std::vector<ending> endings;                        // of processes, by number
  std::unordered_map<process_id, ending> far_endings; // of numbers far above those, which may be garbage
  recent<process_id, process_exit> exits{256};

  // Actors other than ours (those of pools) have small numbers.
  static constexpr actor_number first_actor_number = 0x1000'0000;
};

} // namespace troupe::detail
