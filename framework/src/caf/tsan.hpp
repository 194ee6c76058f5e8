// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// ThreadSanitizer does not see the atomics inside the packaged CAF library. These mark the hand-over
// of a message (enqueue → handler) and of an actor (one thread → the next) for it, and are nothing in
// other builds.
#if defined(__SANITIZE_THREAD__)
extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}
namespace troupe::detail {
inline void hand_over_to_next(void* address) { __tsan_release(address); }
inline void take_over_from_last(void* address) { __tsan_acquire(address); }
} // namespace troupe::detail
#else
namespace troupe::detail {
inline void hand_over_to_next(void*) {}
inline void take_over_from_last(void*) {}
} // namespace troupe::detail
#endif
