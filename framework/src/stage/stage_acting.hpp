// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "stage/stage_world.hpp"

#include <utility>

namespace troupe::detail {

/// Runs code of a process: while it does, the thread acts for that process.
template <class F>
void stage_world::act_as(stage_process& process, F&& f) {
  struct on_stack {
    explicit on_stack(stage_process& p) : where{p} { ++where.depth; }
    ~on_stack() { --where.depth; }
    stage_process& where;
  };
  const on_stack counted{process};
  const acting_system acting{process.system};
  std::forward<F>(f)();
}

} // namespace troupe::detail
