// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/actor_ref.hpp>
#include <troupe/exit_reason.hpp>
#include <troupe/forever.hpp>
#include <troupe/spawn_options.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

/// What a supervisor is told of its children, and what it tells of them. The words are OTP's, and so are the rules.

namespace troupe {

class actor;

/// Which children are restarted when one has to be. Source: OTP, supervisor(3), "Restart Strategy".
enum class restart_strategy {
  one_for_one,  ///< that one
  one_for_all,  ///< all: the others are stopped first, the last one started first
  rest_for_one, ///< that one and those started after it
};
inline constexpr auto one_for_one = restart_strategy::one_for_one;
inline constexpr auto one_for_all = restart_strategy::one_for_all;
inline constexpr auto rest_for_one = restart_strategy::rest_for_one;

/// When a child that has ended is restarted. An end is abnormal when `is_abnormal` says so: an exception, the loss of
/// its process. Source: OTP, "Child specification".
enum class restart_type {
  permanent, ///< always
  transient, ///< after an abnormal end
  temporary, ///< never; it is forgotten when it has ended, and when it is stopped for the sake of another
};
inline constexpr auto permanent = restart_type::permanent;
inline constexpr auto transient = restart_type::transient;
inline constexpr auto temporary = restart_type::temporary;

/// When a supervisor ends by itself because of `significant` children. Source: OTP, "Automatic Shutdown".
enum class auto_shutdown_rule {
  never,
  any_significant, ///< when one of them has ended by itself and is not restarted
  all_significant, ///< when the last of them has
};
inline constexpr auto never = auto_shutdown_rule::never;
inline constexpr auto any_significant = auto_shutdown_rule::any_significant;
inline constexpr auto all_significant = auto_shutdown_rule::all_significant;

/// How long to wait before a restart. Each restart of a child that follows soon after the one before waits longer.
struct backoff_options {
  std::chrono::nanoseconds base{0};                        ///< before the first; 0: none of them waits
  double factor = 2;                                       ///< times the one before; at least 1
  std::chrono::nanoseconds cap = std::chrono::seconds{30}; ///< at most
  double jitter = 0;                   ///< each is longer or shorter by up to this share of it; 0 to 1
  std::chrono::nanoseconds healthy{0}; ///< after this long a life, begin at `base` again; 0: `cap`
};

/// What a supervisor knows of one child.
///
/// Example: `sup.add<database>({.id = "db", .place = own_process, .backoff = {.base = 100ms}}, "file.db");`
struct child_spec {
  std::string id{}; ///< unique among the children of a supervisor
  restart_type restart = restart_type::permanent;
  bool significant = false;       ///< its end may end the supervisor: see `auto_shutdown`
  placement place = this_process; ///< the process of each of its incarnations
  /// How long it may take to end when it is asked to; then it is killed: its process, if it has one of its own, otherwise
  /// it is given up: whoever asked gets actor_down, and what is left of it goes when its handler returns. 0: killed at
  /// once. None: 5 s. A supervisor is always waited for: its children have times of theirs. A start in another process that
  /// is under way when the supervisor is to end has as long, and is given up then.
  std::optional<std::chrono::nanoseconds> shutdown{};
  backoff_options backoff{};
  mailbox_options mailbox{}; ///< of each incarnation; also bounds what waits during a restart
  std::string name{}; ///< under which `find` finds it, also between two starts, until `remove`; none: not
  /// As in spawn_options, of each incarnation: a start in another process that takes longer has failed. A supervisor
  /// waits for the starts of its children, so set it for a child whose `on_start` may hang.
  std::chrono::nanoseconds start_timeout = forever;
};

/// How a supervisor works. Source: OTP, "Supervisor flags"; so are the defaults.
struct supervisor_options {
  restart_strategy strategy = restart_strategy::one_for_one;
  /// More than `intensity` restarts within `period`: the supervisor stops all children and ends.
  int intensity = 1;
  std::chrono::nanoseconds period = std::chrono::seconds{5};
  auto_shutdown_rule auto_shutdown = auto_shutdown_rule::never; ///< when significant children end
  std::string name{};                                           ///< in logs and events; none: "supervisor"
  /// Write abnormal ends, restarts and giving up to stderr; `on_event` is told in any case.
  bool log = true;
};

enum class child_state : std::uint8_t {
  running,
  restarting, ///< waits to be started again
  ended,      ///< by itself, and is not restarted; or it was stopped
};

/// A child as its supervisor sees it.
struct child_info {
  std::string id{};
  child_state state = child_state::ended;
  restart_type restart = restart_type::permanent;
  actor_ref<actor> ref{};   ///< stays the same across restarts
  pid_t pid = 0;            ///< of the process it runs in; 0: it does not
  std::size_t restarts = 0; ///< so far, because it had ended; not those because another child had
  std::optional<exit_reason> last_end{};
  bool is_supervisor = false;
};

/// Something happened in a supervisor.
struct supervision_event {
  enum class kind {
    child_started,
    child_ended,      ///< by itself
    child_restarting, ///< `attempt` of `intensity`, in `delay`
    start_failed,     ///< a restart did not succeed: it counts as one more
    child_stopped,    ///< by the supervisor; `reason` is another if it had ended before, or had to be killed
    gave_up,          ///< too many restarts: the supervisor ends
    shut_down,        ///< because of significant children: the supervisor ends
  };
  kind what = kind::child_started;
  std::string supervisor{};
  std::string child{};
  exit_reason reason{};              ///< of an end; of start_failed what was thrown
  pid_t pid = 0;                     ///< of the child's process
  int attempt = 0;                   ///< restarts within the period, with this one
  std::chrono::nanoseconds delay{0}; ///< of a restart
};

/// "supervisor shop: db ended: exception: disk_full: …".
std::string to_string(const supervision_event& event);

} // namespace troupe
