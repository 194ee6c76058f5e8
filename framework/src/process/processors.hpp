// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sched.h>

namespace troupe::detail {

/// Notes whether this process may run on whatever processor there is: whether nobody has chosen some for it. For a fork
/// server, before its first child, which inherits the answer.
void note_processors() noexcept;

/// Has the caller, and the threads that it starts meanwhile, run where it does: a thread that starts on an idle processor
/// has to wake it, and from then on each change of a page's mapping interrupts both. Nothing happens where somebody has
/// chosen the processors, as that could not be taken back to the letter.
///
/// A thread that was started meanwhile calls `run_anywhere`.
class on_one_processor {
 public:
  on_one_processor() noexcept;
  on_one_processor(const on_one_processor&) = delete;
  on_one_processor& operator=(const on_one_processor&) = delete;
  ~on_one_processor();
  bool holds() const { return holds_; }

 private:
  bool holds_ = false;
};

/// For the calling thread: no processor is chosen any more.
void run_anywhere() noexcept;

} // namespace troupe::detail
