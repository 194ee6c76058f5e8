// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

namespace troupe::detail {

/// Memory of jobs, which come and go by the million, hundreds at a time: each thread keeps what it has given back, two
/// magazines of each size, for those that it makes next. What is more goes to threads that make more than they give
/// back, through a depot of at most 1 MiB of each size. (malloc keeps seven of a size per thread, and merges and splits
/// the rest: it took a quarter of what handling a message costs.)
///
/// Threads: any. A job may be given back by another thread than the one that made it.
namespace job_memory {

/// Errors: std::bad_alloc.
void* take(std::size_t size_bytes);
/// `size_bytes`: as it was taken.
void give_back(void* memory, std::size_t size_bytes) noexcept;

} // namespace job_memory

} // namespace troupe::detail
