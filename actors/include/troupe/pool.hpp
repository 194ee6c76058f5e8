// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/async_result.hpp>
#include <troupe/detail/pool_calls.hpp>
#include <troupe/imap_range.hpp>
#include <troupe/runtime.hpp>
#include <troupe/task_options.hpp>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace troupe {

/// The calls of a pool with options of their own. A view: the pool must outlive its use, what it returned
/// need not.
class pool_view : public detail::pool_calls {
 public:
  using detail::pool_calls::pool_calls;
};

/// Worker processes that run functions.
///
/// Every call takes a function, a lambda without captures, a sendable function object or `bind_front(...)`;
/// arguments and results are sendable. Arguments are converted to the function's parameter types before they
/// travel. A range may also be a braced list.
///
/// A task's exception arrives with its own type when that is a standard or registered one, else as
/// `task_error`. A worker that dies costs the item it was running (`worker_lost`) and nothing else: its
/// finished results are kept, the rest of its work is given to others, and a replacement starts.
///
/// The destructor is `terminate`. Threads: any; a thread that waits for a result delivers messages meanwhile.
/// Example: `troupe::pool p{rt}; std::vector<int> squares = p.map(square, {1, 2, 3});`
class pool : public detail::pool_calls {
 public:
  /// Starts the workers. Errors: spawn_error when none can be started; what the initializer threw; timeout_error, see
  /// `pool_options::start_timeout`.
  explicit pool(runtime& rt, const pool_options& options = {})
      : pool_calls{detail::pool_core::start(rt, options), options.tasks} {}

  pool(pool&&) noexcept = default;
  pool& operator=(pool&& other) noexcept {
    pool gone{std::move(*this)};
    pool_calls::operator=(std::move(other));
    return *this;
  }
  ~pool() {
    if (!moved_from())
      core()->terminate();
  }

  /// The same calls with other options: `pool.with({.crash_retries = 2}).map(f, xs)`.
  pool_view with(task_options options) const { return pool_view{core(), std::move(options)}; }

  /// No further calls; workers end when what was submitted is done.
  void close() { core()->close(); }

  /// Ends the workers now. What has no outcome fails with `stopped`. Bounded in time.
  void terminate() { core()->terminate(); }

  /// Waits until the workers have ended, and so for all calls: one whose range this thread has yet to read (`imap`)
  /// keeps them. Errors: usage_error before `close` or `terminate`.
  void join() { core()->join(detail::forever_from_now); }
  /// The same, at most this long. True when they have ended.
  template <class Rep, class Period>
  bool join(std::chrono::duration<Rep, Period> timeout) {
    return core()->join(detail::deadline_after(timeout));
  }

  /// Places in the crew.
  unsigned size() const { return core()->size(); }

  /// One entry per place, in order.
  std::vector<worker_info> workers() const { return core()->workers(); }
};

} // namespace troupe
