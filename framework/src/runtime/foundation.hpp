// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "process/fork_client.hpp"
#include "process/session.hpp"
#include "process/standard_streams.hpp"

#include <troupe/detail/code_table.hpp>
#include <troupe/detail/forked_copy.hpp>

#include <memory>

namespace troupe::detail {

/// What must exist before the first thread: the session's memory and the fork servers. Made by `init`,
/// which keeps it to the end of the program, or by a runtime, which takes it along.
struct foundation {
  foundation();
  ~foundation();

  notice_of_forks forks_of_the_program;
  standard_streams streams; // first, so that nothing of ours gets their numbers
  session shared;
  code_table code; // the writable view of what the session's region holds
  std::unique_ptr<fork_client> forks;
};

/// Makes this process what it was executed for, if it was executed by a runtime. Then it never returns,
/// nor does an exception: the program must not go on as if it were the supervisor.
void take_up_exec_role() noexcept;

} // namespace troupe::detail
