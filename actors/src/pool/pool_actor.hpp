// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "pool/crew.hpp"
#include "pool/job.hpp"

#include <troupe/detail/node.hpp>
#include <troupe/detail/restart_intensity.hpp>
#include <troupe/exceptions.hpp>

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace troupe::detail {

class pool_actor;

/// What the pool's actor needs from outside.
struct pool_setup {
  node* here = nullptr;
  const void* pool = nullptr; // its identity
  bool has_initializer = false;
  unsigned workers = 1;
  completion* all_ready = nullptr; // set when every place is ready, or the pool is over
  completion* all_ended = nullptr; // set when the pool is over and no worker is left
  std::function<void(const failure&)> on_failed;
  std::function<void(unsigned place)> request_start; // answered by `adopt` or `start_failed`
  std::function<bool(steady_time, void (pool_actor::*)())>
      call_at; // false: no thread for a clock is to be had
  std::atomic<std::size_t>* untold =
      nullptr;                // calls that have ended, and whose last progress has yet to be told
  std::shared_ptr<void> keep; // what the pointers point into; let go of at the end
};

/// A request to the pool's actor from this process: run on the actor.
struct pool_call : local_message {
  virtual void run(pool_actor& actor) = 0;
};

/// `f(actor)`, or `f.undelivered()`, if it has that, when the pool ended before the request reached it.
template <class F>
class pool_call_of final : public pool_call {
 public:
  explicit pool_call_of(F&& f) : f_{std::move(f)} {}
  ~pool_call_of() override {
    if constexpr (requires { f_.undelivered(); })
      if (!delivered_)
        f_.undelivered();
  }
  void run(pool_actor& actor) override {
    f_(actor);
    delivered_ = true;
  }

 private:
  F f_;
  bool delivered_ = false;
};

/// The pool: gives chunks of jobs to workers that have room, hands results on, and heals the crew.
///
///   open ──(close)──▶ closing ──(all jobs done: workers asked to stop)──┐
///     ├──(terminate)──▶ over ◀─────────────────────────────────────────┘
///     └──(crash loop)──▶ over, with a cause
///
/// A bounded actor: every handler is short and runs no user code but loading and saving.
class pool_actor final : public message_handler {
 public:
  explicit pool_actor(pool_setup setup);

  void started(actor_context& context) override { context_ = &context; }
  void receive(envelope& message) override;
  void batch_done() override;

  // -- requests (through pool_call)
  void adopt(unsigned place, child process, mailbox_ref actor);
  void start_failed(unsigned place, const failure& why);
  void submit(job_id id, job_request request);
  void extend(job_id id, slice items, bool more);
  void abandon(job_id id);
  void close();
  void terminate();
  void kill_workers();
  void look();
  void start_missing();
  std::vector<worker_info> workers() const;

 private:
  static constexpr std::chrono::milliseconds soonest_look{10};
  static constexpr std::chrono::milliseconds latest_look{40};

  enum class phase { open, closing, over };

  // results (pool_actor_results.cpp)
  void take_unfit(worker_place& from, byte_reader in);
  void take_results(worker_place& from, byte_reader in);
  bool take_group(worker_place& from, result_group group, byte_reader& results);
  void accept(chunk& c, const result_group& group, byte_reader& results);
  void look_later();
  bool retried(chunk& c, std::size_t index);
  void fail_item(job& j, std::size_t index, failure why);
  void touch(job& j);
  void tell_progress(job& j);
  void finish_jobs();
  void finish(job& j, const failure* why);
  void drop(job& j);

  // giving out (pool_actor_dispatch.cpp)
  void dispatch();
  job* front_job();
  slice take_from_front(std::size_t count);
  void put_back(job& j, slice items);
  void enqueue(job& j);
  bool takes_work(const worker_place& w) const;
  std::size_t depth_for(const job& j, std::size_t chunk_items) const;
  static std::size_t numbers_left(const worker_place& w);
  void give(worker_place& w, std::size_t chunks);
  bool write_chunk(byte_writer& out, worker_place& w, job& j, slice items, bool patient);
  void take_in(chunk& taken);
  void share_work();

  // deaths (pool_actor_crew.cpp)
  void from_worker(worker_place& w, envelope& message);
  bool shortage_lasts();
  void worker_ended(envelope& message);
  void recover(worker_place& w, const process_exit& exit);
  result_group take_slate(worker_place& w, const slate_content& content);
  void blame(worker_place& w, const process_exit& exit);
  void return_chunks(worker_place& w);
  void replace(worker_place& w);
  bool replace_later();
  bool all_gone() const;
  void fail_pool(const failure& why);
  void check_ready();
  void check_over();

  worker_place* place_of(process_id process);
  std::size_t alive_count() const;

  pool_setup setup_;
  actor_context* context_ = nullptr;
  phase phase_ = phase::open;
  std::optional<failure> cause_; // why the pool failed
  std::vector<worker_place> places_;
  std::map<process_id, unsigned> place_by_process_;
  std::vector<envelope> early_; // from workers that spoke before they were adopted
  std::unordered_map<job_id, std::unique_ptr<job>> jobs_;
  std::deque<job*> queue_;    // jobs with pending items, taking turns by chunks
  std::vector<job*> touched_; // jobs that may have ended or come further
  unsigned warmest_ = 0;      // the place that gave the last result: most likely still polling
  // Workers that died before they were ready, since one last became so. Counted and not timed: an initializer may take
  // minutes to crash, and a quick one that is killed from outside now and then is no loop. Deaths of workers that
  // had been ready do not count: they cost their tasks, of which there is an end.
  restart_intensity restarts_{/*intensity=*/5, restart_intensity::without_end};
  worker_place::clock::time_point next_start_{}; // after a failed start, or several short lives
  steady_time::duration look_after_ = soonest_look;
  bool look_requested_ = false;
  // A start failed while there was no worker; none has become ready since.
  std::optional<worker_place::clock::time_point> short_since_;
  bool ready_told_ = false;
  bool ended_told_ = false;
};

} // namespace troupe::detail
