// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "actor/node_state.hpp"
#include "actor/trace_file.hpp"

#include <mutex>
#include <optional>
#include <string>

namespace troupe::detail {

/// Switches the recording of messages on and off, for all processes of a runtime. Supervisor only. Threads: any.
class trace_switch {
 public:
  /// Switches it on when the environment says so (TROUPE_TRACE); what goes wrong with that is logged.
  explicit trace_switch(node::state& here);

  /// Errors: usage_error when it is on, or the file cannot be made.
  void start(const std::string& path);
  /// Errors: usage_error when the file cannot be written.
  void stop();
  /// The same at the end; what goes wrong is logged.
  void stop_at_end() noexcept;

 private:
  void collect();

  node::state& here_;
  std::mutex mutex_;               // guards file_; held over all of `stop`
  std::optional<trace_file> file_; // while on
};

} // namespace troupe::detail
