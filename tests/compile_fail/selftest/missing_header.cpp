// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/there_is_no_such_header.hpp>
