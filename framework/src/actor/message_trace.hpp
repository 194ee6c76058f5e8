// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "actor/trace_event.hpp"
#include "link/descriptor.hpp"
#include "process/trace_page.hpp"

#include <troupe/detail/node.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>

namespace troupe::detail {

class actor_host;
class host_job;

/// Records the messages that actors of this process handle, while the session says so.
///
/// Events gather in a bounded buffer and go to the session's trace file in whole lines: when it is full, at the end of a
/// batch when some milliseconds have passed, and when the trace ends. Whoever comes too late writes to a file
/// that has no name any more (trace_file.hpp).
/// Threads: any.
class message_trace {
 public:
  explicit message_trace(const trace_page& page) : page_{page} {}

  /// Null when there is nothing to record. One relaxed load.
  static message_trace* if_on(message_trace* trace) {
    return trace && trace->page_.is_on() ? trace : nullptr;
  }

  /// Runs the job and records it. What it throws goes on.
  void run(host_job& job, actor_host& host);
  /// The thread goes on to other actors, or to nothing.
  void batch_done();
  /// Writes what was recorded, all of it. Waits so long for what is being handled: an answer comes a moment before its
  /// handler has returned and is recorded.
  void flush(std::chrono::milliseconds patience);

 private:
  static constexpr std::size_t buffer_bytes = 32 << 10;
  static constexpr std::chrono::milliseconds longest_kept{5};

  struct recorder;

  trace_page::view begin_record();
  void record(const trace_event& event, trace_page::view begun) noexcept;
  bool join(trace_page::view begun);
  bool open_file();
  void write_buffer();

  const trace_page& page_; // in the session's memory

  std::mutex mutex_; // guards what follows
  std::condition_variable recorded_;
  std::size_t recording_ = 0; // jobs under way
  std::uint32_t generation_ = 0;
  bool joined_ = false; // buffer_ and file_ are of generation_
  std::string buffer_;
  steady_time oldest_{}; // of buffer_, when that is not empty
  descriptor file_;
};

} // namespace troupe::detail
