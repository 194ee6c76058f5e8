// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace troupe::detail {

/// While there is one, a fork of the program makes a copy of what must not be copied.
struct notice_of_forks {
  notice_of_forks();
  ~notice_of_forks();
  notice_of_forks(const notice_of_forks&) = delete;
  notice_of_forks& operator=(const notice_of_forks&) = delete;
};

/// This process was made by such a fork. The runtime's threads are not in it, nor are the runtime's processes its
/// children: it has nothing to wait for, and nothing to end.
bool in_forked_copy();

} // namespace troupe::detail
