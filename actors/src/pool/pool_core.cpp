// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/pool_core.hpp>

#include "pool/pool_actor.hpp"
#include "pool/pool_turn.hpp"
#include "pool/worker_actor.hpp"

#include <troupe/detail/forked_copy.hpp>
#include <troupe/runtime.hpp>

#include <atomic>
#include <mutex>
#include <system_error>

namespace troupe::detail {

namespace {

std::string next_pool_name() {
  static std::atomic<unsigned> count{0};
  return "pool-" + std::to_string(++count);
}

unsigned workers_wanted(const pool_options& options) {
  const auto count = options.processes != 0 ? options.processes : cpu_count();
  if (count > 1000)
    throw usage_error("pool_options.processes is " + std::to_string(count) +
                      ": a pool has at most 1000 workers");
  return count;
}

} // namespace

struct pool_core::state {
  state(node& n, const pool_options& o)
      : here{n},
        lasting{n},
        options{o},
        name{next_pool_name()},
        workers{workers_wanted(o)},
        number{n.next_number()} {}

  node& here;
  lasting_node lasting;
  pool_options options;
  std::string name;
  unsigned workers;
  actor_number number;
  std::atomic<job_id> next_job{1};
  std::atomic<bool> closed{false};
  std::atomic<bool> failed{false}; // there is a cause
  completion all_ready;
  completion all_ended;
  std::atomic<std::size_t> untold{0}; // calls that have ended, but for the last word of their progress

  mutable std::mutex mutex; // guards what follows
  std::optional<failure> cause;
  mailbox_ref actor; // empty once the pool has ended: handles may outlive the runtime, it must not

  mailbox_ref to_actor() const {
    std::lock_guard lock{mutex};
    return actor;
  }

  /// Nothing happens, or `f.undelivered()` if it has that, when the pool has ended.
  template <class F>
  void call(F f) const {
    envelope message;
    message.local = std::make_unique<pool_call_of<F>>(std::move(f));
    if (in_forked_copy()) // the workers are the original's
      return;
    if (const lasting_node::visit visit{lasting})
      if (const auto to = to_actor())
        here.tell(to, std::move(message));
  }

  void let_go_of_actor() {
    mailbox_ref gone; // destroyed after the lock
    std::lock_guard lock{mutex};
    std::swap(gone, actor);
  }

  /// The actor's answer to a question; a default one when the pool has ended. Waits for the actor, which
  /// never takes long.
  template <class Result>
  Result ask(Result (pool_actor::*question)() const) const {
    struct answer {
      Result result{};
      completion there;
    };
    struct inquiry {
      const state& s;
      Result (pool_actor::*question)() const;
      // Shared: whoever asks goes when the runtime ends, and the inquiry may still come to its turn.
      std::shared_ptr<answer> to;
      void operator()(pool_actor& a) {
        to->result = (a.*question)();
        s.lasting.complete(to->there);
      }
      void undelivered() { s.lasting.complete(to->there); }
    };
    check_may_wait();
    if (all_ended.done()) // the runtime may have gone, too
      return {};
    const auto asked = std::make_shared<answer>();
    call(inquiry{*this, question, asked});
    return wait(asked->there, forever_from_now) ? std::move(asked->result) : Result{};
  }

  /// Errors: usage_error where the pool waits for the caller.
  void check_may_wait() const {
    if (pool_turn::is_within(this) || !lasting_node::may_wait())
      throw usage_error(
          "a function that loads, saves or converts what a pool carries waits for that pool, which waits for the "
          "function: call the pool before or after, or give its result to the function");
  }

  /// Handles may outlive the runtime. False also when that ends first.
  bool wait(const completion& flag, steady_time deadline) const { return lasting.wait(flag, deadline); }

  child start_worker(unsigned place) {
    return here.start_child({name + "-worker-" + std::to_string(place + 1)}, &worker_entry,
                            [&](byte_writer& w) {
                              w.put(number);
                              if (options.initializer)
                                options.initializer.encode(w);
                            });
  }

  void introduce(unsigned place, child process) {
    auto worker = process.actor(worker_number);
    call([=](pool_actor& a) { a.adopt(place, process, worker); });
  }

  /// Fills a place, at first or again (on the watcher's thread). Says why not when it cannot.
  std::optional<failure> bring_up(unsigned place) {
    try {
      introduce(place, start_worker(place));
      return std::nullopt;
    } catch (...) {
      const failure why{std::current_exception()};
      call([=](pool_actor& a) { a.start_failed(place, why); });
      return why;
    }
  }

  void start_crew(steady_time deadline) {
    unsigned started = 0;
    std::optional<failure> why_not;
    for (unsigned place = 0; place < workers; ++place) {
      if (auto why = bring_up(place))
        why_not = why;
      else
        ++started;
    }
    if (started == 0)
      why_not->rethrow();
    if (!options.initializer)
      return;
    if (!wait(all_ready, deadline))
      throw timeout_error(
          "the initializer has not returned in all workers of " + name +
          " in the time that pool_options.start_timeout gives: see what it waits for, or give it longer");
    rethrow_cause();
  }

  void rethrow_cause() {
    std::lock_guard lock{mutex};
    if (cause)
      cause->rethrow();
  }

  void check_open() {
    if (failed.load(std::memory_order_acquire))
      rethrow_cause();
    if (closed.load())
      throw usage_error("a call on a pool after close() or terminate()");
  }
};

namespace {

/// A call on its way to the actor.
struct submission {
  job_id id;
  job_request request;
  void operator()(pool_actor& a) { a.submit(id, std::move(request)); }
  void undelivered() {
    if (!request.sink) // it got as far as the actor
      return;
    const auto why = failure::of(stopped{"the pool ended while the call was submitted"});
    request.sink->finish(&why);
  }
};

} // namespace

pool_core::pool_core(std::unique_ptr<state> s) : state_{std::move(s)} {}
pool_core::~pool_core() = default;

std::shared_ptr<pool_core> pool_core::start(runtime& rt, const pool_options& options) {
  const auto deadline = deadline_after(options.start_timeout);
  auto& here = node::of(rt);
  auto core = std::make_shared<pool_core>(std::make_unique<state>(here, options));
  auto* s = core->state_.get();
  pool_setup setup;
  setup.here = &here;
  setup.pool = s;
  setup.has_initializer = static_cast<bool>(options.initializer);
  setup.workers = s->workers;
  setup.all_ready = &s->all_ready;
  setup.all_ended = &s->all_ended;
  setup.keep = core;
  setup.on_failed = [s](const failure& why) {
    std::lock_guard lock{s->mutex};
    s->cause = why;
    s->failed.store(true, std::memory_order_release);
  };
  setup.request_start = [s, weak = std::weak_ptr{core}](unsigned place) {
    s->here.post_to_watcher([weak, place] {
      if (auto alive = weak.lock())
        alive->state_->bring_up(place);
    });
  };
  setup.call_at = [s, weak = std::weak_ptr{core}](steady_time at, void (pool_actor::*what)()) {
    try {
      s->here.post_at(at, [weak, what] {
        if (auto alive = weak.lock())
          alive->state_->call([what](pool_actor& a) { (a.*what)(); });
      });
      return true;
    } catch (const std::system_error&) {
      return false;
    }
  };
  setup.untold = &s->untold;
  s->actor = here.spawn(std::make_unique<pool_actor>(std::move(setup)), handler_kind::bounded, s->number);
  try {
    here.attach(core);
    s->start_crew(deadline);
  } catch (...) {
    core->terminate();
    throw;
  }
  return core;
}

job_id pool_core::submit(job_request request) {
  state_->check_open();
  const auto id = state_->next_job.fetch_add(1);
  state_->call(submission{id, std::move(request)});
  return id;
}

void pool_core::extend(job_id job, std::shared_ptr<const task_source> source, std::size_t first,
                       std::size_t count, bool more) {
  state_->call([=, items = slice{std::move(source), first, count, 0, 0}](pool_actor& a) mutable {
    a.extend(job, std::move(items), more);
  });
}

void pool_core::abandon(job_id job) {
  state_->call([job](pool_actor& a) { a.abandon(job); });
}

void pool_core::check_may_wait() const { state_->check_may_wait(); }

bool pool_core::wait(const completion& flag, steady_time deadline) {
  check_may_wait();
  return state_->wait(flag, deadline);
}
void pool_core::complete(completion& flag) { state_->lasting.complete(flag); }

bool pool_core::wait_for(const void* key, function_ref<bool()> done, steady_time deadline) {
  return state_->lasting.wait_for(key, done, deadline);
}
void pool_core::notify(const void* key) { state_->lasting.notify(key); }

void pool_core::close() {
  if (!state_->closed.exchange(true))
    state_->call([](pool_actor& a) { a.close(); });
}

void pool_core::terminate() {
  // Workers are killed, so this takes milliseconds; but those of a pool that was closed may be ending in order by now,
  // and get some time for it. The bound is for a process stuck in the kernel.
  constexpr std::chrono::seconds patience{2};
  constexpr std::chrono::seconds bound{10};
  state_->closed.store(true);
  if (in_forked_copy())
    return;
  if (!state_->all_ended.done()) {
    state_->call([](pool_actor& a) { a.terminate(); });
    if (!state_->wait(state_->all_ended, deadline_after(patience))) {
      state_->call([](pool_actor& a) { a.kill_workers(); });
      state_->wait(state_->all_ended, deadline_after(bound));
    }
  }
  if (state_->all_ended.done() && state_->to_actor()) {
    state_->here.forget(state_->number);
    state_->let_go_of_actor();
  }
}

void pool_core::node_ends() {
  terminate();
  if (state_->all_ended.done())
    return;
  // A worker is stuck in the kernel, or in its start. Nobody will tell us any more.
  state_->here.forget(state_->number);
  state_->let_go_of_actor();
  state_->lasting.complete(state_->all_ended);
}

bool pool_core::join(steady_time deadline) {
  if (!state_->closed.load())
    throw usage_error("pool::join before close() or terminate(): the workers do not end by themselves");
  check_may_wait();
  if (!state_->wait(state_->all_ended, deadline))
    return false;
  if (progress_teller::is_telling_here())
    return true; // it would wait for itself
  const auto all_told = [this] { return state_->untold.load() == 0; };
  return state_->lasting.wait_for(&state_->untold, all_told, deadline);
}

std::vector<worker_info> pool_core::workers() const { return state_->ask(&pool_actor::workers); }

unsigned pool_core::size() const { return state_->workers; }

} // namespace troupe::detail
