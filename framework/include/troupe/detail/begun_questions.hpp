// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/failure.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace troupe::detail {

class endpoint;
class pending_reply;
class responder;

/// A question that somebody has the duty to answer, as others see it: they may answer instead. The first answer counts.
class begun_question {
 public:
  /// Asked in this process.
  explicit begun_question(std::weak_ptr<pending_reply> local) : local_{std::move(local)} {}
  /// Asked in another process. `answered`: set by whoever answers first.
  begun_question(std::shared_ptr<endpoint> process, std::uint64_t question,
                 std::shared_ptr<std::atomic<bool>> answered)
      : process_{std::move(process)}, question_{question}, answered_{std::move(answered)} {}

  /// `asker` is kept by the caller: it may be the last to do so, and what goes with it is the user's.
  bool is_answered(std::shared_ptr<pending_reply>& asker) const;
  void fail(const failure& why) noexcept;

 private:
  std::weak_ptr<pending_reply> local_; // so that no answer stays in memory
  std::shared_ptr<endpoint> process_;
  std::uint64_t question_ = 0;
  std::shared_ptr<std::atomic<bool>> answered_;
};

/// What an actor has begun to answer, while somebody may give it up. Threads: the one that runs the actor; `close`: any.
class begun_questions {
 public:
  /// False, with nothing done, when it is closed. REQUIRES: to.expected().
  bool add(responder& to);
  /// The handler of the last has returned. Most have answered by then.
  void note_returned();
  /// Those that may not have been answered. Once.
  std::vector<begun_question> close();

 private:
  void tidy(std::vector<std::shared_ptr<pending_reply>>& seen);

  std::mutex mutex_;                // guards all of it
  std::vector<begun_question> all_; // some have been answered
  std::size_t tidy_at_ = 64;
  bool closed_ = false;
};

} // namespace troupe::detail
