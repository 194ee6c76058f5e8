// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/descriptor.hpp"
#include "process/watcher.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace troupe::detail {

/// Has a signal write a text to stderr, for as long as this lives: one per process.
///
///   handler ──eventfd──▶ watcher ──starts──▶ a thread, which may wait for children
///
/// The thread exists while it writes. A signal that comes meanwhile has it write once more.
class dump_signal {
 public:
  /// Installs nothing when `signal` is 0, or the program has a disposition of its own for it, or no descriptor is left.
  dump_signal(int signal, watcher& watch, std::function<std::string()> text);
  /// Gives the disposition back, unless the program has changed it meanwhile.
  ~dump_signal();
  dump_signal(const dump_signal&) = delete;
  dump_signal& operator=(const dump_signal&) = delete;

 private:
  void install();
  void signalled();
  void write_texts();

  const int signal_;
  watcher& watch_;
  const std::function<std::string()> text_;
  descriptor raised_; // eventfd; empty: nothing is installed

  std::mutex mutex_; // guards what follows
  bool wanted_ = false;
  bool writing_ = false;
  std::thread thread_; // started and joined by the watcher's thread, joined in the end by whoever ends this
};

} // namespace troupe::detail
