// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/actor_id.hpp>
#include <troupe/forever.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <type_traits>

namespace troupe {

template <class A>
class actor_ref;

/// Where a new actor runs.
class placement {
 public:
  enum class kind { here, own_process, beside };

  constexpr placement() = default;
  constexpr explicit placement(kind k, detail::actor_id neighbour = {}) : kind_{k}, neighbour_{neighbour} {}

  constexpr kind what() const { return kind_; }
  constexpr detail::actor_id neighbour() const { return neighbour_; }

 private:
  kind kind_ = kind::here;
  detail::actor_id neighbour_{};
};

/// In the process that spawns it.
inline constexpr placement this_process{};
/// In a worker process of its own, which ends with it.
inline constexpr placement own_process{placement::kind::own_process};
/// In the process of another actor. Errors: usage_error when the reference is empty.
template <class A>
placement beside(const actor_ref<A>& other);

/// What becomes of a message for an actor whose mailbox is full.
///
/// An ask does not wait long before its deadline counts: under `block` it goes in beyond the bound after 20 ms, but only
/// one of each sender (an actor, or a thread outside of actors) at a time. While that one may be answered, or when its
/// reply was dropped, the sender's next ask waits for room as a tell does (`actor_ref::within` limits that); when it was
/// given up at its deadline, the next fails with queue_full. The same holds where the way to another process is full:
/// about 8,000 small messages on the link and 256 more in this process.
enum class overflow_policy {
  block, ///< a tell waits until there is room; after 30 s, or what `actor_ref::within` says, it throws queue_full
  reject, ///< an ask fails with queue_full, and so does a tell in the same process; one from another is dropped
  drop_newest, ///< the message is dropped; an ask fails with queue_full
  drop_oldest, ///< the message that has waited longest is dropped; if it was an ask, that fails with queue_full
};
inline constexpr auto block = overflow_policy::block;
inline constexpr auto reject = overflow_policy::reject;
inline constexpr auto drop_newest = overflow_policy::drop_newest;
inline constexpr auto drop_oldest = overflow_policy::drop_oldest;

/// The bound of a mailbox. Ends, timers, and replies that the actor awaits always pass and do not count.
/// An actor in the middle of a handler does not see what other processes send: each of them may have as many messages
/// under way as there is room for and one more, if its senders are to wait; otherwise as many as a link holds.
struct mailbox_options {
  std::size_t capacity = 100'000; ///< messages that wait; at least 1
  overflow_policy overflow = overflow_policy::block;
};

/// How an actor is started. Each field: default, meaning.
struct spawn_options {
  std::string name = {}; ///< under which `find` finds it, and which logs show; none: not to be found.
                         ///< Another may have it when `on_stop` of this one has returned
  placement place = this_process; ///< its process
  mailbox_options mailbox = {};   ///< how much may wait for it
  /// How long `spawn` waits for a start in another process, the start of that process included; then it throws
  /// timeout_error, and what it had begun to start ends: its process at once, if that is its own, otherwise when its
  /// constructor and `on_start` have returned. A start in this process is the work of whoever calls `spawn`. When the
  /// process of whoever calls it ends meanwhile, a new process that has not started its actor by then ends, too.
  std::chrono::nanoseconds start_timeout = forever;
};

namespace detail {

/// Errors: usage_error when it has no room for a single message.
void check(const mailbox_options& mailbox);

template <class... Args>
inline constexpr bool begins_with_options = false;
template <class First, class... Rest>
inline constexpr bool begins_with_options<First, Rest...> =
    std::is_same_v<std::remove_cvref_t<First>, spawn_options>;

} // namespace detail

} // namespace troupe
