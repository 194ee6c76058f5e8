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

// Written by the only thread of a new process.
extern bool is_forked_copy;

/// This process was made by such a fork. The runtime's threads are not in it, nor are the runtime's processes its
/// children: it has nothing to wait for, and nothing to end; and the memory that it shares with them is not its own.
inline bool in_forked_copy() { return is_forked_copy; }

/// A task or a handler has forked, and the copy has come back from it, where the original goes on: the copy must not.
[[noreturn]] void end_forked_copy() noexcept;

/// After code of the user that others would take for that of the original.
inline void end_if_forked_copy() {
  if (in_forked_copy()) [[unlikely]]
    end_forked_copy();
}

} // namespace troupe::detail
