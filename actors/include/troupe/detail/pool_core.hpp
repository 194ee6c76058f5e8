// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/job.hpp>
#include <troupe/detail/node.hpp>
#include <troupe/task_options.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace troupe::detail {

using job_id = std::uint64_t;

/// The part of a pool that does not depend on types: the way to its actor. Shared by the pool and by what
/// it has handed out. Threads: any.
class pool_core final : public dependent {
 public:
  struct state;

  explicit pool_core(std::unique_ptr<state> s);
  ~pool_core() override;
  pool_core(const pool_core&) = delete;
  pool_core& operator=(const pool_core&) = delete;

  /// Starts the workers. Errors: spawn_error, what the initializer threw, usage_error.
  static std::shared_ptr<pool_core> start(runtime& rt, const pool_options& options);

  /// Errors: usage_error after `close`; the cause when the pool has failed.
  job_id submit(job_request request);
  /// More items for a job with `more`; the last call has `more` false. An empty source adds none.
  void extend(job_id job, std::shared_ptr<const task_source> source, std::size_t first, std::size_t count,
              bool more);
  /// Nobody waits for the job any more: what has not begun never does.
  void abandon(job_id job);

  /// Before a call that waits reads what it is given. Errors: usage_error within a function that loads, saves or
  /// converts what this pool carries, as the pool waits for that.
  void check_may_wait() const;
  /// Waits for `flag`. Errors: the same. False at the deadline, or when the runtime ends first; so `wait_for`.
  bool wait(const completion& flag, steady_time deadline);
  void complete(completion& flag);
  bool wait_for(const void* key, function_ref<bool()> done, steady_time deadline);
  void notify(const void* key);

  void close();
  void terminate();
  void node_ends() override;
  bool join(steady_time deadline);
  std::vector<worker_info> workers() const;
  unsigned size() const;

 private:
  std::unique_ptr<state> state_;
};

} // namespace troupe::detail
