// SPDX-License-Identifier: BSD-3-Clause
#include "actor/message_trace.hpp"

#include <troupe/detail/actor_host.hpp>
#include <troupe/detail/host_job.hpp>
#include <troupe/failure.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace troupe::detail {

namespace {

// Of this thread: the trace that knows its name.
struct named {
  const void* trace = nullptr;
  std::uint32_t generation = 0;
  bool operator==(const named&) const = default;
};
thread_local named named_in;

} // namespace

// What the job is must be asked before it runs, which takes it apart; it is recorded also when it throws.
struct message_trace::recorder {
  message_trace& trace;
  actor_host& host;
  const trace_page::view begun;
  trace_event event;

  ~recorder() {
    event.took = std::chrono::steady_clock::now() - event.begun;
    const auto actor = host.label();
    event.actor = actor;
    trace.record(event, begun);
  }
};

void message_trace::run(host_job& job, actor_host& host) {
  if (job.label().empty()) {
    job.run(host);
    return;
  }
  const recorder now{*this,
                     host,
                     begin_record(),
                     {job.label(), {}, job.kind(), job.question(), std::chrono::steady_clock::now(), {}}};
  job.run(host);
}

trace_page::view message_trace::begin_record() {
  std::lock_guard lock{mutex_};
  ++recording_;
  return page_.now();
}

void message_trace::record(const trace_event& event, trace_page::view begun) noexcept {
  std::lock_guard lock{mutex_};
  --recording_;
  recorded_.notify_all();
  try {
    if (!join(begun))
      return;
    const pid_t pid = ::getpid();
    const pid_t thread = ::gettid();
    if (buffer_.empty())
      oldest_ = event.begun;
    if (std::exchange(named_in, {this, generation_}) != named{this, generation_})
      append_name(buffer_, pid, thread, "thread_name", pid == thread ? "main thread" : "scheduler thread");
    append_line(buffer_, pid, thread, event);
    if (buffer_.size() >= buffer_bytes)
      write_buffer();
  } catch (const std::bad_alloc&) {
    // A trace is worth no more than the program.
  }
}

// REQUIRES: mutex_ is held. False when nothing is recorded of a job that began then: the trace is over.
bool message_trace::join(trace_page::view begun) {
  const auto now = page_.now();
  if (begun.phase != trace_page::phase::on || now.phase == trace_page::phase::off ||
      now.generation != begun.generation)
    return false;
  if (joined_ && now.generation == generation_)
    return true;
  joined_ = true;
  generation_ = now.generation;
  file_.reset();
  buffer_.clear(); // of a trace that has ended without us
  const auto pid = ::getpid();
  append_name(buffer_, pid, pid, "process_name", process_name());
  return true;
}

void message_trace::batch_done() {
  std::lock_guard lock{mutex_};
  if (!buffer_.empty() && std::chrono::steady_clock::now() - oldest_ >= longest_kept)
    write_buffer();
}

void message_trace::flush(std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  recorded_.wait_for(lock, patience, [this] { return recording_ == 0; });
  write_buffer();
  file_.reset();
  joined_ = false;
}

// The file of a trace that has not ended is the one its supervisor reads in the end; looked at after opening, as
// there may be another by that name now.
bool message_trace::open_file() {
  const auto path = page_.path(generation_);
  if (path.empty())
    return false;
  file_ = descriptor{::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)};
  const auto now = page_.now();
  if (now.generation != generation_ || now.phase == trace_page::phase::off)
    file_.reset();
  return static_cast<bool>(file_);
}

// One write: lines of several processes do not mix. A line that was cut short, by SIGKILL or a full disk, ends where
// the next write begins.
void message_trace::write_buffer() {
  if (buffer_.empty())
    return;
  buffer_.insert(buffer_.begin(), '\n');
  if (file_ || open_file())
    static_cast<void>(::write(file_.get(), buffer_.data(), buffer_.size()) == 0); // what is lost, is lost
  buffer_.clear();
}

} // namespace troupe::detail
