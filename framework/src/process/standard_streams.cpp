// SPDX-License-Identifier: BSD-3-Clause
#include "process/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace troupe::detail {

// Not to be closed by exec: programs that children are executed from have the same need.
standard_streams::standard_streams() {
  for (int fd = ::open("/dev/null", O_RDWR); fd >= 0; fd = ::open("/dev/null", O_RDWR)) {
    descriptor lowest{fd};
    if (fd > STDERR_FILENO)
      return;
    held_.push_back(std::move(lowest));
  }
}

} // namespace troupe::detail
