// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace troupe::detail {

/// Has `in_forked_copy` know from now on.
void notice_forks();

/// This process was made by a fork of the program's own, out of one that had a runtime. The runtime's threads are not
/// in it, nor are the runtime's processes its children: it has nothing to wait for, and nothing to end.
bool in_forked_copy();

} // namespace troupe::detail
