// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "supervision/backoff.hpp"
#include "supervision/plan.hpp"

#include <troupe/actor.hpp>
#include <troupe/detail/restart_intensity.hpp>
#include <troupe/exceptions.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace troupe::detail {

/// A child cannot be started now: it belongs beside an actor that is being restarted.
class neighbour_is_away : public actor_down {
 public:
  neighbour_is_away(const std::string& id, std::shared_ptr<seat> where)
      : actor_down{"child '" + id + "' belongs beside an actor that is not there: it is being restarted"},
        where_{std::move(where)} {}
  const std::shared_ptr<seat>& where() const { return where_; }

 private:
  std::shared_ptr<seat> where_;
};

/// One incarnation of a supervisor: starts what its plan says, and heals it.
///
///             ┌──────────(start)────────────┐
///             ▼                             │
///   running ──(ends; to be restarted)──▶ restarting      running ──(ends otherwise, is stopped)──▶ ended
///
/// It waits in the middle of its handlers, as OTP's does, while a child starts or ends. So there is one step at
/// a time, and ends that are reported meanwhile wait in its mailbox.
class supervisor_actor final : public actor {
 public:
  explicit supervisor_actor(std::shared_ptr<plan> p);

  void add(std::shared_ptr<planned_child> child);
  void stop_child(const std::string& id);
  void restart_child(const std::string& id);
  void remove_child(const std::string& id);
  std::vector<child_info> children() const;
  plan& planned() { return *plan_; }

 private:
  struct child {
    explicit child(std::shared_ptr<planned_child> p) : planned{std::move(p)}, pauses{planned->spec.backoff} {}
    void begin_step() {
      ++step;
      waits_for_neighbour = false;
      leads_restart = false;
    }

    std::shared_ptr<planned_child> planned;
    child_state state = child_state::ended;
    std::shared_ptr<endpoint> now; // while running
    std::uint64_t step = 0; // changes with each start, stop and restart: what was under way before is void
    bool waits_for_neighbour = false; // while restarting, its pause being over
    bool leads_restart = false;       // while restarting: others may wait for the end of its pause
    backoff pauses;
  };
  using child_ptr = std::shared_ptr<child>;

  void on_start() override;
  void on_stop(const exit_reason& why) override;
  bool comes_back() const;
  void check_goes_on() const;

  // starting
  void start(child& c);
  void watch(const child_ptr& c);
  // after an end
  void ended(const child_ptr& c, std::uint64_t step, const exit_reason& why);
  void gone_for_good(const child_ptr& c, const exit_reason& why);
  void shut_down_if_due(const child_spec& gone);
  void restart(const child_ptr& c);
  void stop_affected_by(const child_ptr& c);
  void resume(const child_ptr& c, std::uint64_t step);
  bool is_left_for_neighbour(const child_ptr& c);
  std::shared_ptr<seat> vacant_seat_beside(const child& c) const;
  bool awaits_other_tree(const child_ptr& c);
  void resume_beside(const child& neighbour);
  void give_up(const child& c);
  // stopping
  void stop_running(child& c, const exit_reason& why);
  void kill(child& c);
  void handle_end_of(const child_ptr& c);
  void forget(const child_ptr& c, const exit_reason& why);

  std::vector<child_ptr> affected_by(const child_ptr& c) const;
  child_ptr find(const std::string& id) const; // null when there is none
  bool is_known(const child_ptr& c) const;
  /// Errors: usage_error when there is none, or it has not ended.
  child_ptr child_called(const std::string& id) const;
  child_ptr ended_child_called(const std::string& id);
  pid_t pid_of(const child& c) const;
  void tell(supervision_event event, bool as_asked = false);
  supervision_event about(const child& c, supervision_event::kind what) const;

  std::shared_ptr<plan> plan_;
  std::vector<child_ptr> children_; // in the order of their start
  restart_intensity restarts_;
  bool ending_ = false;
  bool is_telling_ = false; // a listener may call back, in the middle of a step
};

} // namespace troupe::detail
