// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/mailbox.hpp>
#include <troupe/detail/process_exit.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace troupe::detail {

class child_record;
class node;

struct child_options {
  std::string name;
};

/// A handle on a child process. Copyable; the process does not depend on it.
class child {
 public:
  child() = default;
  child(node& owner, std::shared_ptr<child_record> record) : owner_{&owner}, record_{std::move(record)} {}

  explicit operator bool() const { return record_ != nullptr; }
  process_id id() const;
  pid_t pid() const;
  int pidfd() const;
  const std::string& name() const;

  /// An actor of that process, by its address there.
  mailbox_ref actor(actor_number number) const;

  /// What the process left there; see child_context::black_box.
  std::span<std::byte> black_box() const;

  /// Asks it to end when it has done what it was sent. It obeys when it serves actors.
  void request_stop() const;
  /// To the process and all it has started. Harmless when it has ended.
  void kill(int signal) const;
  /// What it sent cannot be understood: its end will say so.
  void kill_for_garbage(const std::string& what) const;
  /// Waits for its end. False at the deadline. Does not deliver messages meanwhile.
  bool wait_ended(std::chrono::steady_clock::time_point deadline) const;
  bool ended() const;
  /// How it ended. Empty while it lives.
  std::shared_ptr<const process_exit> exit() const;

 private:
  node* owner_ = nullptr;
  std::shared_ptr<child_record> record_;
};

} // namespace troupe::detail
