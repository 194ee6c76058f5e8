// SPDX-License-Identifier: BSD-3-Clause
#include "process/child_record.hpp"

#include "process/pidfd.hpp"
#include "process/proc_number.hpp"
#include "process/socket_message.hpp"

#include <troupe/detail/forked_copy.hpp>

#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <mutex>
#include <optional>
#include <utility>

namespace troupe::detail {

namespace {

// OOM kills of this machine so far. Reading that takes a tenth of a millisecond: done with each look at the heartbeats,
// so that an old one is no reason for what happens later, and when a child was killed. Of several that were killed before
// it was read again, each is one of those it has counted.
class oom_kills {
 public:
  void look() {
    std::lock_guard lock{mutex_};
    read();
  }
  bool take_one() {
    std::lock_guard lock{mutex_};
    read();
    constexpr std::chrono::seconds soon{1};
    return std::chrono::steady_clock::now() - at_ < soon && untold_ != 0 && untold_-- != 0;
  }

 private:
  void read() {
    const auto now = oom_kill_count();
    if (now && seen_ && *now != *seen_) {
      untold_ = *now - *seen_;
      at_ = std::chrono::steady_clock::now();
    }
    if (now)
      seen_ = now;
  }
  static std::optional<std::uint64_t> oom_kill_count() { return number_in("/proc/vmstat", "oom_kill "); }

  std::mutex mutex_; // guards what follows
  std::optional<std::uint64_t> seen_ = oom_kill_count();
  std::uint64_t untold_ = 0; // of those that were counted last, then
  std::chrono::steady_clock::time_point at_{};
};
oom_kills the_oom_kills;

} // namespace

void note_oom_kills() { the_oom_kills.look(); }

child_record::child_record(process_id id, std::string name, session_page& page, std::uint32_t roster_index,
                           std::shared_ptr<segment> memory, descriptor introductions, descriptor stderr_pipe)
    : id_{id},
      name_{std::move(name)},
      page_{page},
      roster_index_{roster_index},
      memory_{std::move(memory)},
      way_{std::make_shared<link>(memory_, direction::down, page.roster[roster_index].bell)},
      introductions_{std::move(introductions)},
      stderr_{std::move(stderr_pipe)} {}

child_record::~child_record() {
  if (in_forked_copy())
    return;
  if (pidfd_ && !ended()) {
    kill(SIGKILL);
    collect();
  }
  if (!ended()) // never started
    page_.roster[roster_index_].pid.store(0);
}

void child_record::started(pid_t pid) {
  pid_ = pid;
  page_.roster[roster_index_].pid.store(pid);
  try {
    pidfd_ = open_pidfd(pid);
  } catch (...) { // nobody could watch it
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, __WALL);
    throw;
  }
}

stderr_tail::state child_record::pump_stderr() {
  std::lock_guard lock{mutex_};
  return stderr_.pump();
}

stderr_tail child_record::take_stderr() {
  std::lock_guard lock{mutex_};
  return std::move(stderr_);
}

bool child_record::is_past_running() const {
  return ended() || number_in("/proc/" + std::to_string(pid_) + "/status", "CoreDumping:") == 1;
}

void child_record::kill(int signal) {
  std::lock_guard lock{mutex_};
  if (ended() || in_forked_copy()) // the pid may be somebody else's by now
    return;
  // Its group, which it makes itself, a moment after its start, and may leave. Not twice, what it may handle.
  if (::kill(-pid_, signal) != 0 || signal == SIGKILL)
    ::kill(pid_, signal);
}

void child_record::kill_hung() {
  {
    std::lock_guard lock{mutex_};
    hung_ = true;
  }
  kill(SIGKILL);
}

void child_record::kill_for_garbage(const std::string& what) {
  {
    std::lock_guard lock{mutex_};
    garbage_ = what;
  }
  kill(SIGKILL);
}

bool child_record::wait_ended(steady_time deadline) {
  if (!ended() && (in_forked_copy() || !wait_readable(pidfd_.get(), deadline)))
    return false;
  collect();
  return true;
}

void child_record::collect() {
  std::lock_guard lock{mutex_};
  if (ended())
    return;
  ::kill(-pid_, SIGKILL); // what it started goes with it; the zombie keeps the group's number ours
  auto exit = std::make_shared<process_exit>();
  exit->pid = pid_;
  exit->name = name_;
  if (auto status = reap(pidfd_.get())) {
    exit->code = status->code;
    exit->signal = status->signal;
    exit->peak_memory_bytes = status->peak_memory_bytes;
  }
  exit->in_order = memory_->page().ended_in_order.load();
  exit->start_error = memory_->page().start_error.load();
  exit->last_message = memory_->page().last_message.load();
  stderr_.take_rest();
  exit->stderr_tail = stderr_.last_lines();
  exit->hung = hung_;
  exit->garbage = garbage_;
  exit->out_of_memory = exit->signal == SIGKILL && !hung_ && garbage_.empty() && the_oom_kills.take_one();
  page_.roster[roster_index_].pid.store(0);
  exit_ = std::move(exit);
  ended_.store(true, std::memory_order_release);
}

} // namespace troupe::detail
