// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace troupe::detail {

/// Has the system's libraries look up what each child calls: they do so at the first call, and a child that inherits
/// the answer need not look through all libraries, page by page, for itself. An optimisation: it may fail.
/// For a fork server, before its first child. It has one thread again when this returns.
void bind_early() noexcept;

} // namespace troupe::detail
