// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/descriptor.hpp"

#include <vector>

namespace troupe::detail {

/// Keeps /dev/null where a standard stream of this process was closed. Otherwise a descriptor of ours would get its
/// number, and what the program writes to its stderr would go there.
class standard_streams {
 public:
  standard_streams();

 private:
  std::vector<descriptor> held_;
};

} // namespace troupe::detail
