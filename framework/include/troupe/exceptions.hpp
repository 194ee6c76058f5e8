// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <utility>

/// The exceptions troupe throws, and what it knows about one that came from another process.
///
/// They fall into three classes. `usage_error` is a bug in the calling program. The `queue_…`
/// errors, `cancelled` and `timeout_error` are outcomes a program expects and handles where it
/// asked. All others say that a peer is gone or broken. Each can be copied without throwing and
/// read from several threads at once.
///
/// This header is the light part of `<troupe/error.hpp>`, which adds `register_exception`.

namespace troupe {

/// Where and as what an exception was thrown in another process.
struct remote_info {
  std::string type_name{};                 ///< as written in source: "std::out_of_range"
  std::string text{};                      ///< its what(), at most 64 KiB of it
  pid_t pid = 0;                           ///< the process that threw it
  std::string process_name{};              ///< the name that process had
  std::optional<std::size_t> task_index{}; ///< which task of the caller's batch, if it was one
};

/// Marks exceptions that crossed a process boundary. Such an exception is of its own type
/// (`std::out_of_range`, say) and of this one too; `remote_cause` is the way to ask.
class remote_info_carrier {
 public:
  /// `rebuilt_as` is the type in the role of which the exception is thrown here.
  remote_info_carrier(remote_info info, const std::type_info& rebuilt_as)
      : info_{std::make_shared<const remote_info>(std::move(info))}, rebuilt_as_{&rebuilt_as} {}
  virtual ~remote_info_carrier() = default;
  remote_info_carrier(const remote_info_carrier&) noexcept = default;
  remote_info_carrier& operator=(const remote_info_carrier&) noexcept = default;

  const remote_info& info() const noexcept { return *info_; }
  const std::type_info& rebuilt_as() const noexcept { return *rebuilt_as_; }

 private:
  std::shared_ptr<const remote_info> info_; // never null, never changes
  const std::type_info* rebuilt_as_;
};

/// What is known about the origin of `e`; empty when `e` was thrown in this process.
std::optional<remote_info> remote_cause(const std::exception& e);

/// Base of every exception troupe itself throws.
class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The program broke a rule of the interface: a bug in it, not a condition to recover from.
class usage_error : public error {
 public:
  using error::error;
};

/// A wait with a time limit reached it. What was waited for may still happen.
class timeout_error : public error {
 public:
  using error::error;
};

/// The task was cancelled by its owner.
class cancelled : public error {
 public:
  using error::error;
};

/// The pool, runtime or actor was shut down before it could answer.
class stopped : public error {
 public:
  using error::error;
};

/// The task overran its own deadline; the worker that ran it was killed and replaced.
class task_timeout : public error {
 public:
  using error::error;
};

/// The actor asked is dead, or its process is.
class actor_down : public error {
 public:
  using error::error;
};

/// A bounded queue had no free place within the time given.
class queue_full : public error {
 public:
  using error::error;
};

/// A queue had no item within the time given.
class queue_empty : public error {
 public:
  using error::error;
};

/// The queue is closed; for a getter: and drained.
class queue_closed : public error {
 public:
  using error::error;
};

/// The other end of a connection is gone.
class connection_closed : public error {
 public:
  using error::error;
};

/// A party of the barrier died, gave up or aborted it, so that it can never be complete.
class broken_barrier : public error {
 public:
  using error::error;
};

/// Bytes that came from another process are not what they should be. The link they came over is
/// closed; nothing else is harmed.
class decode_error : public error {
 public:
  using error::error;
};

/// The peer of a connection does not know the key.
class authentication_error : public error {
 public:
  using error::error;
};

/// An exception of a type that cannot be rebuilt here was thrown in another process.
///
/// `info()` says what it was; what() is type and text.
class task_error : public error, public remote_info_carrier {
 public:
  explicit task_error(remote_info info);
};

/// The operating system refused a new process, descriptor or memory.
class spawn_error : public error {
 public:
  /// `what_failed` says what was being done: "fork", "open a pipe".
  spawn_error(const std::string& what_failed, int errno_value);

  int errno_value() const noexcept { return errno_value_; }
  /// The system's words for the errno value: "Resource temporarily unavailable".
  const std::string& errno_text() const noexcept { return *errno_text_; }

 private:
  int errno_value_;
  std::shared_ptr<const std::string> errno_text_;
};

/// Everything that is known about the end of a worker process. Default members: not known.
struct worker_lost_info {
  pid_t pid = 0;
  std::optional<int> exit_code{};          ///< set when it exited
  std::optional<int> signal{};             ///< set when a signal ended it
  std::optional<std::size_t> task_index{}; ///< the task it was running, if any
  int attempts = 1;                  ///< how often that task was started; 0: none was, it was not ready yet
  std::size_t peak_memory_bytes = 0; ///< 0: unknown
  bool out_of_memory = false;        ///< its memory limit or the kernel's OOM killer
  bool hung = false;                 ///< it stopped answering and was killed for that
  std::string garbage{};             ///< it sent this kind of garbage and was killed for that
  std::string process_name{};
  std::string stderr_tail{}; ///< the last lines it wrote to stderr
};

/// The worker process that ran the task is gone: crashed, killed, or left by itself.
class worker_lost : public error {
 public:
  explicit worker_lost(worker_lost_info info);

  const worker_lost_info& info() const noexcept { return *info_; }
  pid_t pid() const noexcept { return info_->pid; }
  std::optional<int> exit_code() const noexcept { return info_->exit_code; }
  std::optional<int> signal() const noexcept { return info_->signal; }
  /// "SIGKILL"; empty when no signal ended it.
  std::string signal_name() const;
  std::optional<std::size_t> task_index() const noexcept { return info_->task_index; }
  int attempts() const noexcept { return info_->attempts; }
  std::size_t peak_memory_bytes() const noexcept { return info_->peak_memory_bytes; }
  bool out_of_memory() const noexcept { return info_->out_of_memory; }
  bool hung() const noexcept { return info_->hung; }
  const std::string& garbage() const noexcept { return info_->garbage; }
  const std::string& process_name() const noexcept { return info_->process_name; }
  const std::string& stderr_tail() const noexcept { return info_->stderr_tail; }

 private:
  std::shared_ptr<const worker_lost_info> info_; // never null, never changes
};

} // namespace troupe
