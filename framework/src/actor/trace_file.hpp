// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

namespace troupe::detail {

/// A file of trace events, in Chrome's JSON array format.
///
/// While it is written, processes append lines to it as they like, and one that is killed may leave a line unfinished.
/// `complete` puts a valid one in its place, with the lines that are whole: a process that comes later
/// still, one that was stopped, say, appends to the one that has lost its name.
class trace_file {
 public:
  /// Errors: usage_error when it cannot be made.
  explicit trace_file(const std::string& path);

  const std::string& path() const { return path_; } // absolute: other processes may be elsewhere
  /// Errors: usage_error when it cannot be written.
  void complete() const;

 private:
  std::string path_;
};

} // namespace troupe::detail
