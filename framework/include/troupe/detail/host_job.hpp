// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/failure.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>

namespace troupe::detail {

class actor_host;
class pending_reply;

/// What a job does to the bound of a mailbox.
enum class job_kind {
  message, // counts; may be refused or dropped
  control, // always passes: ends, timers, replies to a coroutine
};

/// Whose question a message is, when that is in another process: the process and its number for the question.
struct question_origin {
  std::uint32_t process = 0;
  std::uint64_t number = 0; // 0: no question, or one of this process
  friend auto operator<=>(const question_origin&, const question_origin&) = default;
};

/// One thing for an actor to do: a message, a timer, the news of an end.
class host_job {
 public:
  host_job() = default;
  host_job(const host_job&) = delete;
  host_job& operator=(const host_job&) = delete;
  virtual ~host_job() = default;
  static void* operator new(std::size_t size_bytes);
  static void operator delete(void* memory, std::size_t size_bytes) noexcept;
  static void* operator new(std::size_t size_bytes, std::align_val_t alignment) {
    return ::operator new(size_bytes, alignment);
  }
  static void operator delete(void* memory, std::size_t, std::align_val_t alignment) noexcept {
    ::operator delete(memory, alignment); // Clang before 19 has none with the size
  }
  /// On the actor's thread. What it throws ends the actor.
  virtual void run(actor_host& host) = 0;
  /// It will never run: whoever waits for it learns why. Any thread.
  virtual void refuse(const failure&) noexcept {}
  virtual job_kind kind() const { return job_kind::control; }
  /// For people to read: "shop::counter::add" for the message that calls that member. Never changes; empty: nothing
  /// that anybody would look for. Points into the program, so it outlives the job.
  virtual std::string_view label() const { return {}; }
  virtual question_origin question() const { return {}; }
  /// Where its answer will be, if it is a question of this process.
  virtual pending_reply* asker() const { return nullptr; }

 private:
  friend class job_queue;
  host_job* next_ = nullptr; // the one behind it in a mailbox
};

} // namespace troupe::detail
