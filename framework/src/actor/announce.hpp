// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace troupe::detail {

class code_table;

/// Enters what was announced by now: what a worker may want to name without the supervisor having done so.
void enter_announced(code_table& table);

} // namespace troupe::detail
