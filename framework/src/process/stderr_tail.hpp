// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/descriptor.hpp"

#include <sys/types.h>

#include <string>
#include <string_view>

namespace troupe::detail {

/// Reads a child's stderr from a pipe, passes it on to ours, and keeps the end of it for the report
/// of its death. Threads: one at a time (the owner's mutex).
class stderr_tail {
 public:
  explicit stderr_tail(descriptor pipe) : pipe_{std::move(pipe)} {}

  int fd() const { return pipe_.get(); }

  enum class state { open, closed, stalled };

  /// Takes what is there, without waiting. `stalled`: our own stderr takes no more for now; the rest
  /// stays in the pipe, as if the child wrote to it directly.
  state pump();

  /// The child has ended: takes all that is there, whatever our own stderr takes. `pass_on_rest` is left to be done.
  void take_rest();
  /// False: our own stderr takes no more for now.
  bool pass_on_rest();

  /// The last lines seen, at most 4 KiB.
  std::string last_lines() const;

 private:
  ssize_t read_once();
  bool pass_on(int to);

  descriptor pipe_;
  std::string untold_; // taken from the pipe, not yet passed on
  std::string tail_;
};

} // namespace troupe::detail
